"""Says in words what the overview's charts show, and what would have to be recorded."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from callbacks.overview_chart import MARKED, PARTS
from callbacks.overview_load import ChosenRun, has_curve, load_curve, load_spikes
from figures.numbers import format_number, format_share


def describe_chart(
    runs: Sequence[ChosenRun], kind: str, range_: Sequence[int] | None
) -> list[Component]:
    """Write the text alternative of a chart: a sentence per curve."""
    span = (range_[0], range_[1]) if range_ else (None, None)
    return [
        html.P(_describe(chosen, f"{part}/{kind}", span))
        for chosen in runs
        for part in PARTS
        if has_curve(chosen.run, f"{part}/{kind}")
    ]


def _describe(chosen: ChosenRun, scalar: str, span: tuple[int | None, int | None]) -> str:
    run = chosen.run
    write = format_share if scalar.endswith("/error") else format_number
    loaded = load_curve(run, scalar, *span, 400)
    words = [f"{run.name} {scalar}:"]
    if loaded.curve is not None and loaded.curve.rows:
        curve = loaded.curve
        words.append(
            f"from step {curve.first_steps[0]:,} to {curve.last_steps[-1]:,}, lowest "
            f"{write(min(curve.low.tolist()))}, highest {write(max(curve.high.tolist()))}."
        )
    else:
        words.append("nothing finite in this range.")
    if loaded.bad is not None:
        words.append(f"{loaded.bad.value} from step {loaded.bad.step:,}.")
    if scalar.endswith("/loss"):
        spikes = load_spikes(run, scalar).within(*span).strongest(MARKED)
        words += [
            f"Spike {format_number(value)} at step {step:,}."
            for step, value in zip(spikes.steps.tolist(), spikes.values.tolist(), strict=True)
        ]
    return " ".join(words)


def explain_missing_loss(without: Sequence[ChosenRun], chosen: int) -> list[Component]:
    """Name the runs that recorded no loss, and the call that records it."""
    return _explain(without, chosen, "no loss", [html.Code("recorder.step(loss=loss)"), " does."])


def explain_missing_error(without: Sequence[ChosenRun], chosen: int) -> list[Component]:
    """Name the runs that recorded no error, and the calls that record it."""
    calls: list[str | Component] = [
        html.Code("recorder.validate(validation_loader)"),
        " does for a classifier, ",
        html.Code("recorder.step(error=error)"),
        " while training.",
    ]
    if without and all(one.run.summary().has_scores for one in without):
        calls = ["the page Validation shows the scores instead."]
    return _explain(without, chosen, "no error", calls)


def _explain(
    without: Sequence[ChosenRun], chosen: int, what: str, calls: Sequence[str | Component]
) -> list[Component]:
    whole = " whole" if len(without) == chosen else ""
    begun = [one.run.name for one in without if one.run.summary().step is not None]
    waiting = [one.run.name for one in without if one.run.name not in begun]
    words: list[str | Component] = []
    if waiting:
        verb = "has" if len(waiting) == 1 else "have"
        words += [html.B(", ".join(waiting)), f" {verb} not recorded a step yet. "]
    if begun:
        verb = "has" if len(begun) == 1 else "have"
        words += [html.B(", ".join(begun)), f" {verb} recorded {what}; ", *calls]
    return [html.P(html.Span(words), className=f"chart-note{whole}")] if words else []

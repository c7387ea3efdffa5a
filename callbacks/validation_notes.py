"""Says on the Validation page what is missing, and what is shown all the same."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from callbacks.validation_strips import LoadedStrips
from pages._parts import empty_state, trouble

CODE = "recorder.validate(loader)"


def describe_notes(loaded: LoadedStrips) -> list[Component]:
    """Name runs without results; with no results at all, say what to record."""
    notes = describe_unreadable(loaded.unreadable)
    if not any(run is not None for run in loaded.runs):
        if loaded.unreadable:
            return notes
        names = _list([summary.name for summary in loaded.summaries])
        text = f"{names} recorded no validation. Call recorder.validate(loader)."
        empty = empty_state("photo-check", "Nothing to show yet", text, CODE)
        return [*notes, html.Div(empty, className="card")]
    missing = [
        summary.name
        for run, summary in zip(loaded.runs, loaded.summaries, strict=True)
        if run is None
    ]
    if missing and not loaded.unreadable:
        what = "scores" if loaded.scale is not None else "predictions"
        text = f"{_list(missing)} recorded no {what} that could stand beside the other runs."
        notes.append(trouble("info", "Not every run is shown.", text))
    return notes


def describe_unreadable(sentences: Sequence[str]) -> list[Component]:
    """Show a strip for each sentence about something that cannot be read."""
    return [
        trouble("bad", "Some results cannot be read.", f"{sentence} Everything else is shown.")
        for sentence in dict.fromkeys(sentences)
    ]


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

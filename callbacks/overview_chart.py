"""Puts together what one chart of the overview shows: curves, marks, ticks, the ends of its axes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.extent import Extent, measure_extent, measure_log_extent
from analytics.smoothing import smooth, smooth_between
from analytics.spikes import Spikes
from analytics.step_axis import STEP_AXIS, StepAxis
from callbacks.overview_load import ChosenRun, has_curve, load_axis, load_curve, load_spikes
from callbacks.overview_ticks import load_ticks
from callbacks.overview_view import CurveView
from data.scalars import Curve, FirstBad
from figures.loss_curves import CurveChart, CurveMark, DrawnCurve
from figures.numbers import format_number

PARTS = ("train", "validation")
MARKED = 5  # spikes per curve: the strongest

Floats = NDArray[np.float64]
Span = tuple[int | None, int | None]


@dataclass(frozen=True)
class _Part:
    # One curve of one run, and the buckets that hold its marked spikes.
    drawn: DrawnCurve
    spiked: NDArray[np.bool_]


def build_chart(
    runs: Sequence[ChosenRun], kind: str, range_: Sequence[int] | None, view: CurveView
) -> CurveChart | None:
    """Build the chart of 'loss' or 'error'; None where no chosen run has recorded any."""
    span: Span = (range_[0], range_[1]) if range_ else (None, None)
    word, axes = _choose_axes(runs, view.axis)
    named = len(runs) > 1
    parts = [
        _build_part(chosen, kind, part, span, view, axes[chosen.place])
        for chosen in runs
        for part in PARTS
        if has_curve(chosen.run, f"{part}/{kind}")
    ]
    if not parts:
        return None
    curves = [part.drawn for part in parts]
    if named and sum(curve.bad is not None for curve in curves) > 1:
        curves = [_name_bad(curve) for curve in curves]
    extent, log = _measure(parts, view.log and kind == "loss")
    ends = _find_ends(runs, span, axes)
    axis = axes[runs[0].place]
    return CurveChart(
        curves=tuple(curves),
        ticks=load_ticks(runs, axes, ends, view),
        first=ends[0],
        last=ends[1],
        low=extent.low,
        high=extent.high,
        whole=(0, max(one.run.summary().step or 1 for one in runs)),
        axis=word,
        log=log,
        share=kind == "error",
        knots=(axis.steps.astype(np.float64), axis.positions),
    )


def _build_part(
    chosen: ChosenRun, kind: str, part: str, span: Span, view: CurveView, axis: StepAxis
) -> _Part:
    run, scalar = chosen.run, f"{part}/{kind}"
    loaded = load_curve(run, scalar, *span, view.buckets)
    # A validation is an average over a whole data set already, and there are few.
    weight = view.smoothing if part == "train" else 0.0
    drawn = _place_curve(chosen, part, loaded.curve, weight, axis)
    if loaded.bad is not None:
        drawn = replace(drawn, bad=_mark_bad(part, loaded.bad, axis))
    spiked = np.zeros(len(drawn.x), bool)
    if kind == "loss":
        spikes = load_spikes(run, scalar).within(*span)
        marked = spikes.strongest(MARKED)
        line = smooth_between(drawn.mean, _find_spiked(loaded.curve, spikes), weight)
        drawn = replace(drawn, spikes=_mark_spikes(marked, axis), line=line)
        spiked = _find_spiked(loaded.curve, marked)
    end = run.summary().step
    if part == "train" and run.summary().state == "crashed" and end is not None:
        text = f"crashed at {format_number(end)}"
        drawn = replace(drawn, end=CurveMark(float(axis.place(np.array([end]))[0]), text))
    return _Part(drawn, spiked)


def _place_curve(
    chosen: ChosenRun, part: str, curve: Curve | None, weight: float, axis: StepAxis
) -> DrawnCurve:
    none = np.empty(0)
    if curve is None:
        x = low_x = high_x = low = high = mean = none
    else:
        kept = np.isfinite(curve.mean)
        low, high, mean = curve.low[kept], curve.high[kept], curve.mean[kept]
        x = axis.place((curve.first_steps[kept] + curve.last_steps[kept]) / 2)
        low_x, high_x = axis.place(curve.low_steps[kept]), axis.place(curve.high_steps[kept])
    return DrawnCurve(
        run=chosen.run.name,
        place=chosen.place,
        part=part,
        x=x,
        low_x=low_x,
        high_x=high_x,
        low=low,
        high=high,
        mean=mean,
        line=smooth(mean, weight),
    )


def _mark_bad(part: str, bad: FirstBad, axis: StepAxis) -> CurveMark:
    text = f"{bad.value} from step {bad.step:,}".replace("-", "−")
    text = text if part == "train" else f"validation {text}"
    return CurveMark(float(axis.place(np.array([bad.step]))[0]), text)


def _name_bad(curve: DrawnCurve) -> DrawnCurve:
    if curve.bad is None:
        return curve
    return replace(curve, bad=replace(curve.bad, text=f"{curve.run}: {curve.bad.text}"))


def _mark_spikes(spikes: Spikes, axis: StepAxis) -> tuple[CurveMark, ...]:
    order = np.argsort(spikes.baselines - spikes.values, kind="stable")
    x = axis.place(spikes.steps)
    return tuple(
        CurveMark(
            float(x[i]),
            f"spike {format_number(float(spikes.values[i]))} at step {spikes.steps[i]:,}",
            float(spikes.values[i]),
        )
        for i in order
    )


def _find_spiked(curve: Curve | None, spikes: Spikes) -> NDArray[np.bool_]:
    if curve is None:
        return np.empty(0, bool)
    kept = np.isfinite(curve.mean)
    spiked = np.zeros(int(kept.sum()), bool)
    for first, last in zip(spikes.first_steps, spikes.last_steps, strict=True):
        spiked |= (curve.last_steps[kept] >= first) & (curve.first_steps[kept] <= last)
    return spiked


def _measure(parts: Sequence[_Part], log: bool) -> tuple[Extent, bool]:
    lows, highs = [part.drawn.low for part in parts], [part.drawn.high for part in parts]
    extent = measure_log_extent(lows, highs) if log else None
    if extent is not None:
        return extent, True
    extent = measure_extent(lows, highs, [part.spiked for part in parts])
    return extent or Extent(0.0, 1.0, cut=False), False


def _choose_axes(runs: Sequence[ChosenRun], axis: str) -> tuple[str, dict[int, StepAxis]]:
    # Linked runs share one axis: where one of them has no epochs, all are drawn over steps.
    axes = {c.place: load_axis(c.run, axis) for c in runs}
    if axis == "step" or any(found is STEP_AXIS for found in axes.values()):
        return "step", dict.fromkeys(axes, STEP_AXIS)
    if axis == "epoch":
        return "epoch", axes
    seconds = max(float(found.positions[-1]) for found in axes.values())
    word, unit = next(
        ((w, u) for w, u, most in (("seconds", 1, 120), ("minutes", 60, 7_200)) if seconds < most),
        ("hours", 3_600),
    )
    scaled = {place: replace(a, positions=a.positions / unit) for place, a in axes.items()}
    return f"{word} since the run began", scaled


def _find_ends(
    runs: Sequence[ChosenRun], span: Span, axes: dict[int, StepAxis]
) -> tuple[float, float]:
    # A range is one of steps of the first run; without one, all steps of all runs are in view.
    if span[0] is not None and span[1] is not None:
        first, last = axes[runs[0].place].place(np.array(span, np.float64))
    else:
        steps = {c.place: c.run.summary().step or 1 for c in runs}
        ends = [axes[place].place(np.array([0, step])) for place, step in steps.items()]
        first, last = min(end[0] for end in ends), max(end[1] for end in ends)
    return float(first), float(max(last, first + 1e-9)) if last > first else float(first + 1)

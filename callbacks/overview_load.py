"""Loads what the overview draws of a run, each thing once per version of the run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.spikes import Spikes, find_spikes, run_on
from analytics.step_axis import STEP_AXIS, StepAxis, build_epoch_axis, build_time_axis
from data.errors import RunNotFoundError
from data.scalars import (
    Curve,
    FirstBad,
    read_curve,
    read_curve_names,
    read_epoch_steps,
    read_series,
)
from data.store import Run, open_run

_CACHED = 64  # four runs, four curves each, at a few ranges


@dataclass(frozen=True)
class ChosenRun:
    """A run that is chosen, and its place in the header: 1 to 4."""

    place: int
    run: Run


@dataclass(frozen=True)
class RangeCurve:
    """A curve in a range of steps, up to its first value that is not finite."""

    curve: Curve | None  # none where no finite value comes before the first bad one
    bad: FirstBad | None  # at or before the end of the range


def open_chosen(names: Sequence[str]) -> list[ChosenRun]:
    """Open the chosen runs that exist; the frame's notice names the others."""
    chosen = []
    for place, name in enumerate(names, start=1):
        try:
            chosen.append(ChosenRun(place, open_run(name)))
        except RunNotFoundError:
            continue
    return chosen


def has_curve(run: Run, scalar: str) -> bool:
    """Say whether the run recorded a scalar of that name."""
    names: frozenset[str] = run.remember("scalar names", lambda: frozenset(read_curve_names(run)))
    return scalar in names


def load_curve(
    run: Run, scalar: str, first: int | None, last: int | None, buckets: int
) -> RangeCurve:
    """Read a curve in buckets; what comes after the first value that is not finite is left out."""
    curve = _curve(run.name, run.version, scalar, (first, last), buckets)
    bad = curve.first_bad
    if bad is None or (last is not None and bad.step > last):
        return RangeCurve(curve, None)
    if bad.step <= (first or 0):
        return RangeCurve(None, bad)
    before = _curve(run.name, run.version, scalar, (first, bad.step - 1), buckets)
    return RangeCurve(before if before.rows else None, bad)


def load_spikes(run: Run, scalar: str) -> Spikes:
    """Find the spikes of a whole curve, up to its first value that is not finite."""
    found: Spikes = run.remember(("spikes", scalar), lambda: _find_spikes(run, scalar))
    return found


def load_axis(run: Run, axis: str) -> StepAxis:
    """Place the run's steps on the axis of steps, epochs or seconds."""
    found: StepAxis = run.remember(("axis", axis), lambda: _build_axis(run, axis))
    return found


def _find_spikes(run: Run, scalar: str) -> Spikes:
    series = read_series(run, scalar)
    bad = np.flatnonzero(~np.isfinite(series.values))
    if len(bad) == 0:
        return find_spikes(series.steps, series.values)
    steps, values = series.steps[: bad[0]], series.values[: bad[0]]
    return run_on(find_spikes(steps, values), steps, values)


def _build_axis(run: Run, axis: str) -> StepAxis:
    if axis == "epoch" and has_curve(run, "epoch"):
        return build_epoch_axis(*read_epoch_steps(run), run.summary().step or 0)
    if axis == "time":
        timed = next((s for s in ("train/loss", "validation/loss") if has_curve(run, s)), None)
        if timed is not None:
            series = read_series(run, timed)
            return build_time_axis(series.steps, series.times)
    return STEP_AXIS


@lru_cache(maxsize=_CACHED)
def _curve(
    name: str, version: str, scalar: str, span: tuple[int | None, int | None], buckets: int
) -> Curve:
    return read_curve(open_run(name), scalar, *span, buckets=buckets)

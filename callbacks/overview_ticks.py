"""Loads what stands under the charts: recorded steps and learning-rate stages."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.step_axis import StepAxis
from callbacks.overview_load import ChosenRun
from callbacks.overview_view import CurveView
from data.scalars import (
    Stage,
    read_curve,
    read_curve_names,
    read_recorded_steps,
    read_stages,
)
from data.store import Run
from figures.loss_curves import StepTicks

STAGES = 24  # a learning rate that changes more often is a schedule, drawn as a line

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]


def load_ticks(
    runs: Sequence[ChosenRun],
    axes: dict[int, StepAxis],
    ends: tuple[float, float],
    view: CurveView,
) -> StepTicks:
    """Load the ticks inside the ends of the axis, at most one per pixel."""
    recorded, changes, schedules = [np.empty(0)], [np.empty(0)], []
    for chosen in runs:
        axis = axes[chosen.place]
        if view.marks:
            recorded.append(axis.place(read_recorded_steps(chosen.run)))
        for steps, rates in _list_rates(chosen.run, view.buckets):
            starts = axis.place(steps)
            if len(steps) <= STAGES:
                changes.append(starts[1:])
            else:
                schedules.append((chosen.place, *_trace(starts, rates, ends, view.buckets)))
    return StepTicks(
        _thin(np.concatenate(recorded), ends, view.buckets),
        _thin(np.concatenate(changes), ends, view.buckets),
        tuple(schedules),
    )


def _list_rates(run: Run, buckets: int) -> list[tuple[Steps, Floats]]:
    # First steps and rates of each group; of a continuous schedule, a rate per bucket.
    groups: dict[str, list[Stage]] = {}
    for stage in read_stages(run):
        groups.setdefault(stage.group, []).append(stage)
    found = [
        (np.array([s.first for s in stages]), np.array([s.value for s in stages], np.float64))
        for stages in groups.values()
    ]
    names = [name for name in read_curve_names(run) if name.startswith("lr/")]
    for name in names:
        if name.removeprefix("lr/") not in groups:
            curve = read_curve(run, name, None, None, buckets)
            found.append((curve.first_steps, curve.mean))
    return found


def _thin(x: Floats, ends: tuple[float, float], pixels: int) -> Floats:
    inside = x[(x >= ends[0]) & (x <= ends[1])]
    pixel = np.floor((inside - ends[0]) / (ends[1] - ends[0]) * pixels)
    return inside[np.unique(pixel, return_index=True)[1]]


def _trace(
    starts: Floats, rates: Floats, ends: tuple[float, float], pixels: int
) -> tuple[Floats, Floats]:
    # The rate in force at each pixel, as a share of the highest of the whole run.
    x = np.linspace(ends[0], ends[1], pixels)
    at = np.searchsorted(starts, x, side="right") - 1
    x, at = x[at >= 0], at[at >= 0]
    return x, rates[at] / (np.nanmax(rates) or 1.0)

"""Places steps on an axis of steps, epochs or time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

_KNOTS = 500  # an axis as wide as a screen needs no more


@dataclass(frozen=True)
class StepAxis:
    """Where the steps of one run lie: straight between knots, and beyond the last as before it."""

    steps: Steps  # (knot,) ascending; none: the axis is the step itself
    positions: Floats  # (knot,) in epochs or seconds, ascending

    def place(self, steps: Steps | Floats) -> Floats:
        """Return the position of each step."""
        return _interpolate(steps, self.steps, self.positions)

    def find(self, positions: Floats) -> Floats:
        """Return the step, not rounded, at each position."""
        return _interpolate(positions, self.positions, self.steps)


STEP_AXIS = StepAxis(np.empty(0, np.int64), np.empty(0))


def build_epoch_axis(steps: Steps, epochs: Floats, last: int) -> StepAxis:
    """Place each step where its epoch has come to: whole at the epoch's first step.

    steps and epochs are (row,): the epoch that training named at each step, or at each change;
    last is the newest step of the run.
    A last epoch still under way goes on at the pace of the one before it; a run in its first
    epoch is given the steps seen so far as one epoch. An epoch lower than one before it is left
    out. Without rows the axis is the step itself.
    """
    if len(steps) == 0:
        return STEP_AXIS
    rising = epochs > np.maximum.accumulate(np.concatenate([[-np.inf], epochs[:-1]]))
    steps_at, epochs_at = steps[rising], epochs[rising]
    if len(steps_at) == 1:
        steps_at = np.array([steps_at[0], max(last, steps_at[0]) + 1])
        epochs_at = np.array([epochs_at[0], epochs_at[0] + 1])
    return _thin(steps_at, epochs_at.astype(np.float64))


def build_time_axis(steps: Steps, times: NDArray[np.datetime64]) -> StepAxis:
    """Place each step at the seconds since the run's first; steps and times are (row,).

    A clock that was set back stands still until it has caught up.
    With fewer than two rows the axis is the step itself.
    """
    if len(steps) < 2:
        return STEP_AXIS
    seconds = (times - times[0]) / np.timedelta64(1, "s")
    seconds = np.maximum.accumulate(seconds) + 1e-6 * np.arange(len(seconds))
    return _thin(steps, seconds)


def _thin(steps: Steps, positions: Floats) -> StepAxis:
    kept = np.unique(np.linspace(0, len(steps) - 1, min(_KNOTS, len(steps))).round().astype(int))
    return StepAxis(steps[kept], positions[kept])


def _interpolate(at: Steps | Floats, x: Steps | Floats, y: Steps | Floats) -> Floats:
    at = np.asarray(at, np.float64)
    if len(x) == 0:
        return at
    inside = np.interp(at, x, y)
    before = y[0] + (at - x[0]) * ((y[1] - y[0]) / (x[1] - x[0]))
    after = y[-1] + (at - x[-1]) * ((y[-1] - y[-2]) / (x[-1] - x[-2]))
    return np.asarray(np.where(at < x[0], before, np.where(at > x[-1], after, inside)), np.float64)

"""Marks the filters of a layer in which something is wrong: frozen, decay only, inactive, over-active.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), sections 8.1 and 8.2, shows filters that never change and filters
that stay the most changing of their layer; it defines none of the marks.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOP_SHARE = 0.01  # of a layer's filters: among them a filter is over-active
LONG_SHARE = 0.8  # of the steps after the last drop of the learning rate
_ROUNDING = 2.0**-47  # 1 - cosine that rounding to float32 adds at an update, with room to spare
_TURNING = 1e-5  # of |d|² / (2 |w|²): 1 - cosine that float32 cannot tell from a mere shrinking


@dataclass(frozen=True)
class FilterMoves:
    """What is recorded of a layer's filters over a range of steps."""

    steps: NDArray[np.int64]  # (step,)
    previous_steps: NDArray[np.int64]  # (step,) -1 = none
    change: NDArray[np.floating]  # (step, filter) 1 - cosine since the previous step
    relative: NDArray[np.floating]  # (step, filter)
    l2: NDArray[np.floating]  # (step, filter) root mean square of the weights


@dataclass(frozen=True)
class FilterMarks:
    """The marks of every filter, each (filter,); at most one of the first three is set."""

    frozen: Flags
    decay_only: Flags
    inactive: Flags
    over_active: Flags


def mark_filters(
    frozen: Flags, decay_only: Flags, inactive: Flags, over_active: Flags
) -> FilterMarks:
    """Give every filter its marks: a frozen one does not decay, and neither of both is inactive."""
    decay_only = decay_only & ~frozen
    return FilterMarks(frozen, decay_only, inactive & ~frozen & ~decay_only, over_active)


def find_frozen(moves: FilterMoves) -> Flags:
    """Find the filters whose weights did not move by one bit at any recorded step of the range.

    Only changes that began within the range count, and there must be one; a change that is missing
    or not finite is no proof, so such a filter is not frozen.
    """
    relative = moves.relative[_within(moves)]
    return np.asarray((relative == 0).all(0) & (len(relative) > 0))


def find_decay_only(moves: FilterMoves) -> Flags:
    """Find the filters that only shrank: they turned by no more than rounding explains.

    The norm must never grow from one recorded step to the next, and be smaller at the end than at
    the start; a shrinking below the 10 bits that are logged is not seen.
    """
    within = _within(moves)
    change = np.asarray(moves.change[within], dtype=np.float64)
    relative = np.asarray(moves.relative[within], dtype=np.float64)
    updates = (moves.steps - moves.previous_steps)[within][:, None]
    allowed = updates * _ROUNDING + _TURNING * np.square(relative) / 2
    straight = (change <= allowed).all(0) & (len(change) > 0)
    if len(moves.l2) < 2:
        return np.zeros(moves.l2.shape[1], dtype=np.bool_)
    shrinks = (np.diff(moves.l2, axis=0) <= 0).all(0) & (moves.l2[-1] < moves.l2[0])
    return np.asarray(straight & shrinks)


def find_inactive(
    largest: NDArray[np.floating], mean: NDArray[np.floating], rectified: bool
) -> Flags:
    """Find the filters that put out zero for every image of every recorded validation.

    largest and mean of the outputs are (step, filter). Behind a rectifier nothing is below zero, so the
    largest alone decides where the mean is missing. A validation without a finite value of any filter does not
    count; a value of one filter that is missing or not finite is no proof.
    """
    recorded = np.isfinite(largest).any(1)
    largest, mean = largest[recorded], mean[recorded]
    zero = (largest <= 0) if rectified else (largest == 0)
    still = np.where(np.isfinite(mean), mean == 0, rectified)
    return np.asarray((zero & still).all(0) & bool(len(largest)))


def find_over_active(
    change: NDArray[np.floating], steps: NDArray[np.int64], last_drop: int | None
) -> Flags:
    """Find the filters that are in the top 1 % of their layer at 80 % or more of the late steps.

    change is (step, filter). Late are the steps after the last drop of the learning rate, all of them
    where it never drops; steps without a measured change do not count. The top holds one filter at least;
    no change is never among it, and of equal changes the first filters are. A layer of one filter
    has nothing to compare with.
    """
    late = np.asarray(change)[steps > (-1 if last_drop is None else last_drop)]
    late = late[np.isfinite(late).any(1)]
    count = late.shape[1]
    if count < 2 or not len(late):
        return np.zeros(count, dtype=np.bool_)
    size = max(1, int(TOP_SHARE * count))
    moved = np.where(np.isnan(late), 0, late)
    first = np.argsort(-moved, axis=1, kind="stable")[:, :size]
    times = np.zeros(count, dtype=np.int64)
    np.add.at(times, first.ravel(), np.take_along_axis(moved, first, axis=1).ravel() > 0)
    return np.asarray(times >= ceil(LONG_SHARE * len(late) - 1e-9))


def _within(moves: FilterMoves) -> Flags:
    # A change at the first step of the range, or one that skips over it, began before the range.
    start = moves.steps[0] if len(moves.steps) else 0
    return np.asarray((moves.previous_steps >= 0) & (moves.previous_steps >= start))

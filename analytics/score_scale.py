"""The ends of the colour scale of scores: what the middle 98 % of them span."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TAIL = 1.0  # percent of the scores beyond each end: a single exploding step must not flatten all


@dataclass(frozen=True)
class ScoreScale:
    """The ends of a colour scale, and whether scores lie beyond them."""

    low: float
    high: float
    below: bool
    above: bool


def find_score_scale(scores: Sequence[NDArray[np.floating]]) -> ScoreScale:
    """Find the 1st and 99th percentile of all finite scores, so that runs share one scale.

    Few scores, or equal ones, give their own ends; where none is finite the scale is 0 to 1.
    """
    flat = np.concatenate([part[np.isfinite(part)] for part in scores] or [np.zeros(0)])
    if not flat.size:
        return ScoreScale(0.0, 1.0, below=False, above=False)
    low, high = np.percentile(flat.astype(np.float64), [TAIL, 100 - TAIL], method="nearest")
    if low == high:
        low, high = float(flat.min()), float(flat.max())
    if low == high:
        high = low + (abs(low) or 1.0)
    return ScoreScale(
        float(low), float(high), below=bool(flat.min() < low), above=bool(flat.max() > high)
    )

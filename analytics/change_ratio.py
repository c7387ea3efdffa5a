"""Shares of the weights by how far they moved, from the recorded cumulative shares.

Source: DeepTracker, section 6.3 (change ratio); thresholds j * 10^-(d + 1), j = 9 to 1, d = 0 to 5.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def find_threshold(threshold: float) -> int:
    """Find the place of a threshold among the 55 recorded ones; others raise ValueError."""
    for decade in range(6):
        for digit in range(1, 10):
            if abs(threshold - digit * 10.0 ** -(decade + 1)) < 1e-9 * threshold:
                return 9 * decade + 10 - digit
    raise ValueError(f"a threshold is 1 to 9 times 0.1 to 1e-6, got {threshold!r}")


def find_bands(shares: Floats, thresholds: Sequence[float]) -> Floats:
    """Cut the weights into bands by relative change: (band, step), sum 1.

    shares is (step, 55), the share of weights below each threshold; thresholds fall. The first band
    changed by the largest threshold or more, the last by less than the smallest. NaN where nothing
    was recorded. No threshold, or one that does not fall, raises ValueError.
    """
    if not thresholds or any(a <= b for a, b in pairwise(thresholds)):
        raise ValueError(f"thresholds fall, got {list(thresholds)!r}")
    below = shares[:, [find_threshold(one) for one in thresholds]].T.astype(np.float64)
    edges = np.concatenate([np.ones_like(below[:1]), below, np.zeros_like(below[:1])])
    edges[:, np.isnan(below).any(0)] = np.nan
    return np.asarray(-np.diff(edges, axis=0))

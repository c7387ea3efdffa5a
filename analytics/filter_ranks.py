"""Combines the top changing filters of several steps.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.4, shows those of one step; the original intersects
several. Here a reader chooses between any and all of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Filters = NDArray[np.int64]  # (rank, 2) layer and filter


def combine_ranks(steps: Sequence[Filters], every: bool) -> Filters:
    """Combine the top filters of several steps: those of any step, or only those of every step.

    The result is (place, 2), in the order of the best rank at any step, then of the steps.
    """
    best: dict[tuple[int, int], tuple[int, int]] = {}
    times: dict[tuple[int, int], int] = {}
    for place, ranked in enumerate(steps):
        for rank, (layer, filter_) in enumerate(ranked.tolist()):
            key = (layer, filter_)
            best[key] = min(best.get(key, (rank, place)), (rank, place))
            times[key] = times.get(key, 0) + 1
    kept = [key for key in best if not every or times[key] == len(steps)]
    kept.sort(key=lambda key: best[key])
    return np.array(kept, dtype=np.int64).reshape(-1, 2)

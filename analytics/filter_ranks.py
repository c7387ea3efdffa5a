"""Ranks the filters of a whole network by how far they moved, and combines the ranks of several steps.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.4: the top k changing filters of all layers. The paper
fixes k at 100; the default share and the order of ties are our own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Filters = NDArray[np.int64]  # (rank, 2) layer and filter

MOST, SHARE, LEAST = 100, 0.02, 3


def default_top(filters: int) -> int:
    """Count the filters that are shown unless the reader says otherwise: 2 %, 3 to 100 of them."""
    return max(LEAST, min(MOST, int(SHARE * filters)))


def rank_filters(
    layers: NDArray[np.integer], filters: NDArray[np.integer], change: NDArray[np.floating], k: int
) -> NDArray[np.int64]:
    """Rank filters by their change, most first: (rank,) places in the arguments, k at most.

    Ties go by layer, then filter. What did not change, or is NaN, never ranks; infinite is the most.
    """
    moved = np.flatnonzero(change > 0)  # NaN is not
    order = np.lexsort((filters[moved], layers[moved], -np.asarray(change)[moved]))
    return moved[order[: max(k, 0)]]


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

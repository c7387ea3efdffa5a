"""Orders the filters of a layer as the rows of its pixel chart."""

import numpy as np
from numpy.typing import NDArray

from analytics.similarity_order import order_by_similarity

ORDERS = ("index", "activity", "similarity")


def order_filters(
    values: NDArray[np.floating], change: NDArray[np.floating], by: str
) -> NDArray[np.int64]:
    """Order filters: (row,) filter indexes, first row first.

    values are what the rows show and change is how far the filters moved, both (filter, step).
    "activity" puts the largest mean change first; what is not finite does not count, and a filter
    without a finite change stands last. "similarity" puts rows of like course side by side. Ties
    keep the order of the filters. Another order raises ValueError.
    """
    if by not in ORDERS:
        raise ValueError(f"filters are ordered by one of {ORDERS}, got {by!r}")
    if by == "similarity":
        return order_by_similarity(values)
    if by == "activity":
        finite = np.isfinite(change)
        total = np.where(finite, change, 0).sum(1, dtype=np.float64)
        counts = finite.sum(1)
        mean = np.where(counts > 0, total / np.maximum(counts, 1), -np.inf)
        return np.argsort(-mean, kind="stable")
    return np.arange(len(values), dtype=np.int64)

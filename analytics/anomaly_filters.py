"""The filters that change most at each step: those of anomaly iterations are its anomaly filters.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.3 and 6.4. How many count is our own: 100, as
there, would be a third of the filters of a small network.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ChangingFilters:
    """The filters that change most at each step, over all layers; sorted by step, then rank."""

    step: Ints  # (row,) place of the step among the recorded ones
    layer: Ints  # (row,) place of the layer
    filter: Ints  # (row,) index in its layer

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.step)

    def at(self, chosen: NDArray[np.bool_]) -> "ChangingFilters":
        """Keep the steps that are chosen: (step,)."""
        kept = chosen[self.step]
        return ChangingFilters(self.step[kept], self.layer[kept], self.filter[kept])


def default_top(filters: int) -> int:
    """Say how many filters of all are looked at: 2 %, at most 100 and at least 3."""
    return max(3, min(100, filters // 50))


def rank_filters(change: NDArray[np.floating], layers: NDArray[np.integer], top: int) -> Ints:
    """Find the `top` filters that change most: their places, the most changed first.

    change is (filter,) of all layers, sorted by layer, then filter, as layers (filter,) says: so do
    ties stand. What does not change, or is not a number, has no rank. A top under 1 or layers that
    are not in order raise ValueError.
    """
    if top < 1:
        raise ValueError(f"a top counts filters: 1 or more, got {top}")
    if change.shape != layers.shape or (np.diff(layers) < 0).any():
        raise ValueError(f"layers are ascending, one per change: {layers.shape}, {change.shape}")
    changed = np.flatnonzero(np.nan_to_num(change, nan=0.0, posinf=np.inf) > 0)
    return changed[np.argsort(-change[changed], kind="stable")][:top]


def count_changing(filters: ChangingFilters, layers: int, steps: int) -> Ints:
    """Count the changing filters of each layer at each step: (layer, step)."""
    cell = filters.layer * steps + filters.step
    return np.bincount(cell, minlength=layers * steps).reshape(layers, steps)


def count_unions(filters: ChangingFilters, anomalies: NDArray[np.bool_], layers: int) -> Ints:
    """Count the distinct anomaly filters of each class in each layer: (layer, class).

    anomalies is (class, step). The value of a cell of the abstract version of the paper.
    """
    return _spread_unions(filters, anomalies, layers)


def count_all_unions(filters: ChangingFilters, anomalies: NDArray[np.bool_], layers: int) -> Ints:
    """Count the distinct anomaly filters of each layer over all classes: (layer,)."""
    anywhere = np.atleast_2d(anomalies.any(0))
    return _spread_unions(filters, anywhere, layers)[:, 0]


def _spread_unions(filters: ChangingFilters, anomalies: NDArray[np.bool_], layers: int) -> Ints:
    classes, steps = anomalies.shape
    key = filters.layer * (int(filters.filter.max(initial=0)) + 1) + filters.filter
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    ones = np.ones(len(filters), np.int64)
    changing = csr_array((ones, (row, filters.step)), shape=(len(first), steps))
    touched = (changing @ to_sparse(anomalies).T).tocoo()
    of_layer = filters.layer[first][touched.row]
    found = of_layer * classes + touched.col
    return np.bincount(found, minlength=layers * classes).reshape(layers, classes)


def to_sparse(cells: NDArray[np.bool_]) -> csr_array:
    """Turn (row, column) cells into a sparse matrix of ones."""
    # csr_array(cells) would look for a row and a column of each, at five times the cost.
    rows, columns = cells.shape
    found = np.flatnonzero(cells)
    starts = np.searchsorted(found, np.arange(rows + 1) * columns)
    ones = np.ones(len(found), np.int64)
    return csr_array((ones, found % max(columns, 1), starts), shape=cells.shape)

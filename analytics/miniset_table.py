"""All mini-sets of a network at once, and what tells a telling one from the many that chance makes.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.4 and Algorithm 1: filters of one layer that
changed at exactly the same anomaly iterations. analytics/minisets.py says the same for one layer, plainly.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analytics.anomaly_filters import ChangingFilters, to_sparse

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class MiniSets:
    """Mini-sets by layer, then the largest first, then by smallest filter."""

    layer: Ints  # (set,)
    sizes: Ints  # (set,) how many filters each holds
    members: Ints  # (member,) their indices in the layer, set by set, ascending in each
    whole: NDArray[np.bool_]  # (set, step) the anomaly iterations at which all of it changed

    def __len__(self) -> int:
        """Count the sets."""
        return len(self.layer)

    @property
    def filters(self) -> tuple[Ints, ...]:
        """The filters of each set: ascending indices in its layer. An array each, so for few sets."""
        ends = np.cumsum(self.sizes).tolist()
        return tuple(self.members[start:end] for start, end in pairwise([0, *ends]))

    def keep(self, places: Ints) -> "MiniSets":
        """Take some of the sets, in the order of their places."""
        sizes = self.sizes[places]
        starts = (np.cumsum(self.sizes) - self.sizes)[places]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        members = self.members[np.repeat(starts, sizes) + within]
        return MiniSets(self.layer[places], sizes, members, self.whole[places])


@dataclass(frozen=True)
class MiniSetFigures:
    """Figures of each mini-set: what it can be filtered and weighed by; arrays are (set,)."""

    size: Ints  # filters
    iterations: Ints  # steps at which it is whole
    appearances: Ints  # (class, step) pairs: a step of two classes is one iteration, two of these
    classes: Ints  # with at least one appearance
    repeats: Ints  # the most appearances in one class
    exclusivity: NDArray[np.float64]  # share of the appearances that the class with most has
    weight: Ints  # appearances × size

    def keep(self, places: Ints) -> "MiniSetFigures":
        """Take the figures of some of the sets, in the order of their places."""
        return MiniSetFigures(**{name: values[places] for name, values in vars(self).items()})


def gather_minisets(filters: ChangingFilters, steps: int) -> MiniSets:
    """Group anomaly filters by the layer and the exact steps they changed at.

    filters are those of anomaly iterations alone; steps is the number of recorded steps.
    """
    if not len(filters):
        none = np.empty(0, np.int64)
        return MiniSets(none, none, none, np.empty((0, steps), np.bool_))
    width = int(filters.filter.max()) + 1
    key, row = np.unique(filters.layer * width + filters.filter, return_inverse=True)
    whole = np.zeros((len(key), steps), np.bool_)
    whole[row, filters.step] = True
    layer, index = np.divmod(key, width)
    signature = np.packbits(whole, axis=1)
    signed = np.concatenate([layer[:, None].view(np.uint8).reshape(len(key), -1), signature], 1)
    signed = np.ascontiguousarray(signed)
    as_text = signed.view(np.dtype((np.void, signed.shape[1])))[:, 0]
    _, first, group = np.unique(as_text, return_index=True, return_inverse=True)
    sizes = np.bincount(group)
    order = np.lexsort((index[first], -sizes, layer[first]))
    rank = np.argsort(order)[group]
    members = index[np.argsort(rank, kind="stable")]
    return MiniSets(layer[first][order], sizes[order], members, whole[first[order]])


def measure_minisets(sets: MiniSets, anomalies: NDArray[np.bool_]) -> MiniSetFigures:
    """Count what of each mini-set appears where; anomalies is (class, step)."""
    hits = _count_hits(sets, anomalies)
    appearances = np.asarray(hits.sum(1)).ravel()
    nonempty = len(sets) and anomalies.shape[0]
    repeats = hits.max(1).toarray().ravel() if nonempty else np.zeros_like(appearances)
    size = sets.sizes
    return MiniSetFigures(
        size=size,
        iterations=sets.whole.sum(1),
        appearances=appearances,
        classes=np.diff(hits.indptr).astype(np.int64),
        repeats=repeats,
        exclusivity=repeats / np.maximum(appearances, 1),
        weight=appearances * size,
    )


def count_appearances(sets: MiniSets, anomalies: NDArray[np.bool_]) -> Ints:
    """Count the anomaly iterations of each class at which each set is whole: (set, class)."""
    return np.asarray(_count_hits(sets, anomalies).toarray(), dtype=np.int64)


def _count_hits(sets: MiniSets, anomalies: NDArray[np.bool_]) -> csr_array:
    # Sparse: of thousands of sets × a thousand classes nearly all are 0.
    return csr_array(to_sparse(sets.whole) @ to_sparse(anomalies).T)


def find_whole_steps(sets: MiniSets, filters: ChangingFilters) -> NDArray[np.bool_]:
    """Tell at which of all steps each set is whole among the changing filters: (set, step)."""
    steps = sets.whole.shape[1]
    if not len(sets) or not len(filters):
        return np.zeros((len(sets), steps), np.bool_)
    width = 1 + int(max(filters.filter.max(), sets.members.max()))
    owner = np.repeat(np.arange(len(sets)), sets.sizes)
    keys = sets.layer[owner] * width + sets.members
    order = np.argsort(keys)
    key = filters.layer * width + filters.filter
    place = np.minimum(np.searchsorted(keys[order], key), len(keys) - 1)
    held = keys[order][place] == key
    cell = owner[order][place[held]] * steps + filters.step[held]
    counts = np.bincount(cell, minlength=len(sets) * steps).reshape(len(sets), steps)
    return np.asarray(counts == sets.sizes[:, None])

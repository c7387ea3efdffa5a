"""Flips in the order of how steady the answers beside them are: the scores of a window are a slice away.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.2: the window k is moved while one looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.flips import AnomalyScores, Direction, Flips

Ints = NDArray[np.int64]

_LONGEST = 2**16 - 1  # runs of answers; 16 bits are sorted several times as fast as 64


@dataclass(frozen=True)
class SteadyFlips:
    """The flips of all images by their cell of (class, step), once for each rule."""

    shape: tuple[int, int]  # classes, recorded steps
    left: tuple[Ints, NDArray[np.uint16]]  # (flip,) cells and run lengths before, longest last
    right: tuple[Ints, NDArray[np.uint16]]  # (flip,) cells and run lengths after, longest last

    def score(self, window: int) -> AnomalyScores:
        """Count as score_anomalies does, in the smallest integers that hold it.

        A window under 1 raises ValueError.
        """
        if window < 1:
            raise ValueError(f"a window counts steps: 1 or more, got {window}")
        return AnomalyScores(self._count(*self.left, window), self._count(*self.right, window))

    def _count(
        self, cells: Ints, runs: NDArray[np.uint16], window: int
    ) -> NDArray[np.signedinteger]:
        steady = cells[np.searchsorted(runs, np.uint16(min(window, _LONGEST))) :]
        counts = np.bincount(steady, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)
        # To touch new memory takes longer than to count: scores of many windows are kept.
        return counts.astype(np.min_scalar_type(-int(counts.max(initial=1)) - 1))


@dataclass(frozen=True)
class CellFlips:
    """Flips in the order of their cells of (class, step): few cells are counted without the others."""

    steps: int
    begins: Ints  # (cell + 1,) where the flips of a cell begin
    before: NDArray[np.uint16]  # (flip,) run lengths
    after: NDArray[np.uint16]  # (flip,)

    def count(self, class_: Ints, step: Ints, window: int) -> tuple[Ints, Ints]:
        """Count the flips of some cells as score_anomalies does of all: left and right, (cell,) each."""
        if window < 1:
            raise ValueError(f"a window counts steps: 1 or more, got {window}")
        cells = class_ * self.steps + step
        many = self.begins[cells + 1] - self.begins[cells]
        of = np.repeat(np.arange(len(cells)), many)  # (flip,) its place among the cells
        flips = np.arange(len(of)) + (self.begins[cells] - np.cumsum(many) + many)[of]
        least = min(window, _LONGEST)
        steady = (of[runs[flips] >= least] for runs in (self.before, self.after))
        left, right = (np.bincount(each, minlength=len(cells)) for each in steady)
        return left, right


def sort_flips(
    flips: Flips,
    classes: NDArray[np.integer],
    steps: int,
    n_classes: int,
    direction: Direction = "both",
) -> SteadyFlips:
    """Sort flips by the lengths of the runs beside them; classes is (image,), steps their number."""
    kept = slice(None) if direction == "both" else flips.learned == (direction == "learned")
    cells = _find_cells(flips, classes, steps)[kept]
    left, right = (_sort(cells, _shorten(runs[kept])) for runs in (flips.before, flips.after))
    return SteadyFlips((n_classes, steps), left, right)


def group_learned(
    flips: Flips, classes: NDArray[np.integer], steps: int, n_classes: int
) -> CellFlips:
    """Sort the flips from wrong to right by class and step; classes is (image,)."""
    learned = np.flatnonzero(flips.learned)
    cells = _find_cells(flips, classes, steps)[learned]
    order = learned[np.argsort(cells, kind="stable")]
    begins = np.zeros(n_classes * steps + 1, dtype=np.int64)
    np.cumsum(np.bincount(cells, minlength=n_classes * steps), out=begins[1:])
    return CellFlips(steps, begins, _shorten(flips.before[order]), _shorten(flips.after[order]))


def _find_cells(flips: Flips, classes: NDArray[np.integer], steps: int) -> Ints:
    cells: Ints = np.asarray(classes, dtype=np.int64)[flips.image] * steps + flips.step
    return cells


def _shorten(runs: Ints) -> NDArray[np.uint16]:
    return np.minimum(runs, _LONGEST).astype(np.uint16)


def _sort(cells: Ints, runs: NDArray[np.uint16]) -> tuple[Ints, NDArray[np.uint16]]:
    order = np.argsort(runs, kind="stable")
    return cells[order], runs[order]

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
        """Count as score_anomalies does. A window under 1 raises ValueError."""
        if window < 1:
            raise ValueError(f"a window counts steps: 1 or more, got {window}")
        return AnomalyScores(self._count(*self.left, window), self._count(*self.right, window))

    def _count(self, cells: Ints, runs: NDArray[np.uint16], window: int) -> Ints:
        steady = cells[np.searchsorted(runs, np.uint16(min(window, _LONGEST))) :]
        return np.bincount(steady, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)


def sort_flips(
    flips: Flips,
    classes: NDArray[np.integer],
    steps: int,
    n_classes: int,
    direction: Direction = "both",
) -> SteadyFlips:
    """Sort flips by the lengths of the runs beside them; classes is (image,), steps their number."""
    kept = np.ones(len(flips), dtype=np.bool_)
    if direction != "both":
        kept = flips.learned == (direction == "learned")
    cells = np.asarray(classes, dtype=np.int64)[flips.image[kept]] * steps + flips.step[kept]
    left, right = (_sort(cells, runs[kept]) for runs in (flips.before, flips.after))
    return SteadyFlips((n_classes, steps), left, right)


def _sort(cells: Ints, runs: Ints) -> tuple[Ints, NDArray[np.uint16]]:
    short = np.minimum(runs, _LONGEST).astype(np.uint16)
    order = np.argsort(short, kind="stable")
    return cells[order], short[order]

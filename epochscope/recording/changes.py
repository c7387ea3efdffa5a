"""How far weights moved: 1 - cosine by the formula that float32 stands, and relative change."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from epochscope.recording.statistics import Rows

Doubles = NDArray[np.float64]

_LONGEST = 32_768  # elements of a row that float32 sums are exact enough over
_APART = 8  # times as long: beyond, a difference holds too little of the shorter
_SMALLEST, _LARGEST = 1e-15, 1e15  # of float32 lengths whose squares stay exact enough


@dataclass(frozen=True)
class Lengths:
    """What the change of some weights follows from, in squares: it adds up over layers."""

    moved: float  # |d|², d = w - p
    inner: float  # d·p
    now: float  # |w|²
    before: float  # |p|²

    def __add__(self, other: "Lengths") -> "Lengths":
        """Return the lengths of both together."""
        return Lengths(
            self.moved + other.moved,
            self.inner + other.inner,
            self.now + other.now,
            self.before + other.before,
        )

    def measure(self) -> tuple[float, float]:
        """Return 1 - cosine and relative change."""
        squares = np.array([self.moved, self.now, self.before])
        moved, now, before = (np.array([one]) for one in np.sqrt(squares).tolist())
        cosine = one_minus_cosine(moved, np.array([self.inner]), now, before)
        if _find_apart(now, before)[0]:
            product = self.inner + self.before
            cosine = (1 - product / (now * before)).clip(0, 2)
        return float(cosine[0]), float(relative_change(moved, before)[0])


@dataclass(frozen=True)
class Change:
    """The change of each filter and of the whole layer since the row before."""

    filters: Doubles  # (filter,) 1 - cosine; NaN where a weight is not finite
    relative: Doubles  # (filter,) |w - p| / |p|
    layer: float
    layer_relative: float
    lengths: Lengths  # of the whole layer


def one_minus_cosine(moved: Doubles, inner: Doubles, now: Doubles, before: Doubles) -> Doubles:
    """Return 1 - cosine from |d|, d·p, |w| and |p|, where d = w - p; arrays of one shape.

    (|d|² - (|w| - |p|)²) / (2 |w| |p|), the difference of lengths as d·(w + p) / (|w| + |p|):
    subtracting lengths, or 1 - w·p / (|w| |p|), loses all digits of small changes in float32.
    Holds for lengths that are not far apart. A filter that stays at zero has not moved: 0; one that
    leaves or reaches it has no angle: 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (2 * inner + moved**2) / (now + before)
        change = (moved**2 - along**2) / (2 * now * before)
    known = np.where(np.isnan(moved + now + before), np.nan, 1.0)  # of a filter without an angle
    change = np.where((now == 0) | (before == 0), known, change)
    return np.where(moved == 0, 0.0, change).clip(0, 2)


def relative_change(moved: Doubles, before: Doubles) -> Doubles:
    """Return |w - p| / |p|: 0 where nothing moved, infinite where p is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(moved == 0, 0.0, moved / before)


def _length(rows: Rows) -> Doubles:
    length = rows.l2 * np.sqrt(rows.count)
    if not rows.nan + rows.pos_inf + rows.neg_inf:
        return length
    return np.where(rows.count < rows.elements / len(length), np.nan, length)


def _differences(now: Tensor, before: Tensor) -> tuple[Doubles, Doubles]:
    difference = now - before
    moved = torch.linalg.vector_norm(difference, dim=1)
    inner = torch.linalg.vecdot(difference, before)
    found: Doubles = torch.stack([moved, inner]).double().cpu().numpy()
    return found[0], found[1]


def _in_range(lengths: Doubles) -> bool:
    return bool(np.all((lengths == 0) | ((lengths > _SMALLEST) & (lengths < _LARGEST))))


def _is_still(moved: Doubles, now: Tensor, before: Tensor) -> bool:
    """Whether rows that seem not to have moved really have not: squares of tiny moves vanish."""
    still = torch.from_numpy(moved == 0).to(now.device)
    return bool(torch.equal(now[still], before[still]))


def _with_whole(filters: Doubles, whole: float) -> Doubles:
    return np.append(filters, whole)


def _find_apart(present: Doubles, earlier: Doubles) -> NDArray[np.bool_]:
    shorter, longer = np.minimum(present, earlier), np.maximum(present, earlier)
    return np.asarray((shorter > 0) & (longer > _APART * shorter))


@torch.no_grad()
def measure_change(now: Tensor, before: Tensor, rows: Rows, past: Rows) -> Change:
    """Measure the change from `before` to `now`, both (filter, weight), given their rows."""
    now, before = now.float(), before.float()
    present, earlier = _length(rows), _length(past)
    moved, inner = _differences(now, before)
    ranged = _in_range(moved) and _in_range(earlier) and _is_still(moved, now, before)
    if now.shape[1] > _LONGEST or not ranged:
        moved, inner = _differences(now.double(), before.double())
    # The whole layer is one more filter behind the others.
    moved, present, earlier = (
        _with_whole(one, float(np.linalg.norm(one))) for one in (moved, present, earlier)
    )
    cosine = one_minus_cosine(moved, _with_whole(inner, float(inner.sum())), present, earlier)
    apart = _find_apart(present, earlier)
    if apart.any():  # the shorter one is lost in the difference; 1 - w·p / (|w| |p|) is exact there
        products = torch.linalg.vecdot(now.double(), before.double()).cpu().numpy()
        product = _with_whole(products, float(products.sum()))[apart]
        cosine[apart] = (1 - product / (present[apart] * earlier[apart])).clip(0, 2)
    relative = relative_change(moved, earlier)
    lengths = Lengths(
        float(moved[-1] ** 2), float(inner.sum()), float(present[-1] ** 2), float(earlier[-1] ** 2)
    )
    return Change(cosine[:-1], relative[:-1], float(cosine[-1]), float(relative[-1]), lengths)

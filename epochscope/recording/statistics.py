"""Statistics of one tensor: exact moments, norms and counts by row, pooled to the whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from epochscope.recording.samples import (
    count_bins,
    find_quartiles,
    is_sampled,
    sort_finite,
    take_sample,
)

Doubles = NDArray[np.float64]

# float32 sums over longer rows lose digits (2 % of the sum of 20 million): they are cut up.
_LONGEST = 16_384
_BLOCK = 4_096
_SMALL = 1 << 15  # elements up to which numpy is faster
# float32 squares stay exact enough only well inside its range.
_SMALLEST, _LARGEST = 1e-15, 1e15


@dataclass(frozen=True)
class Rows:
    """Exact statistics of each row (filter) over its finite elements; NaN where it has none."""

    count: Doubles  # (row,) finite elements
    mean: Doubles
    sd: Doubles
    min: Doubles
    max: Doubles
    l1: Doubles  # mean |x|
    l2: Doubles  # root mean square
    nonzero: Doubles  # number of elements that are not zero
    positive: Doubles | None  # number of elements above zero, where asked for
    nan: int  # of the whole tensor, like the next three
    pos_inf: int
    neg_inf: int
    elements: int


@dataclass(frozen=True)
class Whole:
    """Statistics of a whole tensor; None where it has no finite element."""

    count: int
    nan: int
    pos_inf: int
    neg_inf: int
    min: float | None = None
    q25: float | None = None
    median: float | None = None
    q75: float | None = None
    max: float | None = None
    mean: float | None = None
    sd: float | None = None
    l0: float | None = None
    l1: float | None = None
    l2: float | None = None
    bins: NDArray[np.uint32] | None = None
    sampled: bool = False
    ordered: NDArray[np.float32] | None = None  # finite values, or the sample of them, ascending

    @property
    def finite(self) -> int:
        """Count the finite elements."""
        return self.count - self.nan - self.pos_inf - self.neg_inf


def as_rows(tensor: Tensor) -> Tensor:
    """Return a tensor without filters as one row."""
    return tensor.reshape(1, -1)


@torch.no_grad()
def measure_rows(rows: Tensor, *, positive: bool = False) -> Rows:
    """Measure each row of a (row, element) tensor of any floating type."""
    length = rows.shape[1]
    if length <= _LONGEST:
        return _measure_short(rows, positive)
    whole = length // _BLOCK * _BLOCK
    blocks = _measure_short(rows[:, :whole].reshape(-1, _BLOCK), positive)
    parts = [unstack_rows(blocks, len(rows))]
    if whole < length:
        parts.append(_measure_short(rows[:, whole:], positive))
    return merge_rows(parts)


def _measure_short(rows: Tensor, positive: bool) -> Rows:
    if not rows.numel():
        nothing = np.full(len(rows), np.nan)
        zero = np.zeros(len(rows))
        above = zero if positive else None
        return Rows(
            zero, nothing, nothing, nothing, nothing, nothing, nothing, zero, above, 0, 0, 0, 0
        )
    if rows.numel() <= _SMALL and rows.device.type == "cpu":
        small = _measure_small(rows, positive)
        if small is not None:
            return small
    rows = rows.float() if rows.dtype in (torch.float16, torch.bfloat16) else rows
    found = _measure_plain(rows)
    if found is None:
        found = _measure_masked(rows)
    columns, counts = found
    if positive:
        columns.append((rows > 0).sum(1, dtype=torch.float64))
    host = torch.stack([one.double() for one in columns]).cpu().numpy()
    count, mean, sd, low, high, l1, l2, nonzero = host[:8]
    above = host[8] if positive else None
    return Rows(count, mean, sd, low, high, l1, l2, nonzero, above, *counts, rows.numel())


def _measure_small(rows: Tensor, positive: bool) -> Rows | None:
    """Measure in double precision by numpy, whose calls cost less; None if not all is finite."""
    values = rows.double().numpy()
    length = values.shape[1]
    with np.errstate(over="ignore", invalid="ignore"):
        mean = values.sum(1) / length
        squares = np.vecdot(values, values)
        if not np.isfinite(squares).all():
            return None
        off = values - mean[:, None]
    sd, l2 = np.sqrt(np.vecdot(off, off) / length), np.sqrt(squares / length)
    nonzero = np.count_nonzero(values, axis=1).astype(np.float64)
    above = np.count_nonzero(values > 0, axis=1).astype(np.float64) if positive else None
    count = np.full(len(values), float(length))
    low, high, l1 = values.min(1), values.max(1), np.abs(values).sum(1) / length
    return Rows(count, mean, sd, low, high, l1, l2, nonzero, above, 0, 0, 0, values.size)


def _measure_plain(rows: Tensor) -> tuple[list[Tensor], tuple[int, int, int]] | None:
    """Measure in few passes; None where that would be wrong: non-finite, huge or tiny values."""
    length = rows.shape[1]
    mean = rows.sum(1, dtype=torch.float64) / length  # finite only if every element is
    l2 = torch.linalg.vector_norm(rows, dim=1)
    largest = torch.linalg.vector_norm(rows, torch.inf, dim=1) if rows.is_cuda else None
    low, high = rows.amin(1), rows.amax(1)
    bound = largest if largest is not None else torch.maximum(-low, high)
    in_range = (bound == 0) | ((bound > _SMALLEST) & (bound < _LARGEST))
    if not bool((torch.isfinite(mean) & in_range).all()):
        return None
    near = mean.to(rows.dtype)
    spread = torch.linalg.vector_norm(rows - near[:, None], dim=1).double()
    off = mean - near.double()  # of the rounded mean
    sd = (spread.square() / length - off.square()).clamp_min(0).sqrt()
    l1 = torch.linalg.vector_norm(rows, 1, dim=1).double() / length
    nonzero = torch.count_nonzero(rows, dim=1)
    count = torch.full_like(mean, length)
    return [count, mean, sd, low, high, l1, l2.double() / length**0.5, nonzero], (0, 0, 0)


def _measure_masked(rows: Tensor) -> tuple[list[Tensor], tuple[int, int, int]]:
    values = rows.double()
    finite = torch.isfinite(values)
    count = finite.sum(1)
    values = torch.where(finite, values, 0.0)
    per = count.double()  # 0 gives NaN below, which is what a row without a finite element has
    mean = values.sum(1) / per
    low = torch.where(finite, values, torch.inf).amin(1)
    high = torch.where(finite, values, -torch.inf).amax(1)
    sd = (torch.where(finite, values - mean[:, None], 0.0).square().sum(1) / per).sqrt()
    l1, l2 = values.abs().sum(1) / per, (values.square().sum(1) / per).sqrt()
    empty = count == 0
    low, high = low.masked_fill(empty, torch.nan), high.masked_fill(empty, torch.nan)
    counts = [torch.isnan(rows).sum(), torch.isposinf(rows).sum(), torch.isneginf(rows).sum()]
    nan, above, below = (int(one) for one in torch.stack(counts).tolist())
    nonzero = torch.count_nonzero(values, dim=1)
    return [count, mean, sd, low, high, l1, l2, nonzero], (nan, above, below)


def unstack_rows(blocks: Rows, count: int) -> Rows:
    """Merge the blocks of `count` rows, which stand one after the other, into those rows."""
    columns = {
        name: getattr(blocks, name).reshape(count, -1).T
        for name in _COLUMNS
        if getattr(blocks, name) is not None
    }
    numbers = (blocks.nan, blocks.pos_inf, blocks.neg_inf, blocks.elements)
    return _merge(columns, numbers)


def merge_rows(parts: Sequence[Rows]) -> Rows:
    """Merge the rows of several parts into those of all their elements together."""
    if len(parts) == 1:
        return parts[0]
    columns = {
        name: np.stack([getattr(one, name) for one in parts])
        for name in _COLUMNS
        if getattr(parts[0], name) is not None
    }
    numbers = [(one.nan, one.pos_inf, one.neg_inf, one.elements) for one in parts]
    nan, pos_inf, neg_inf, elements = (sum(kind) for kind in zip(*numbers, strict=True))
    return _merge(columns, (nan, pos_inf, neg_inf, elements))


_COLUMNS = ("count", "mean", "sd", "min", "max", "l1", "l2", "nonzero", "positive")


def _merge(columns: dict[str, Doubles], numbers: tuple[int, int, int, int]) -> Rows:
    """Merge columns of (part, row)."""
    count = columns["count"]
    total = count.sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = count / total

    def mixed(values: Doubles) -> Doubles:
        mixture: Doubles = np.where(count > 0, weight * values, 0.0).sum(0)
        return np.where(total > 0, mixture, np.nan)

    mean = mixed(columns["mean"])
    positive = columns.get("positive")
    return Rows(
        total,
        mean,
        np.sqrt(mixed(columns["sd"] ** 2 + (columns["mean"] - mean) ** 2)),
        np.fmin.reduce(columns["min"]),
        np.fmax.reduce(columns["max"]),
        mixed(columns["l1"]),
        np.sqrt(mixed(columns["l2"] ** 2)),
        columns["nonzero"].sum(0),
        None if positive is None else positive.sum(0),
        *numbers,
    )


def pool_rows(rows: Rows) -> Whole:
    """Pool rows into the statistics of the whole tensor, but for quantiles and histogram."""
    whole = Whole(rows.elements, rows.nan, rows.pos_inf, rows.neg_inf)
    used: NDArray[np.bool_] | slice = rows.count > 0
    finite = float(rows.count.sum())
    if not finite:
        return whole
    if rows.count.all():
        used = slice(None)  # copies nothing
    weight = rows.count[used] / finite
    mean = float(weight @ rows.mean[used])
    variance = float(weight @ (rows.sd[used] ** 2 + (rows.mean[used] - mean) ** 2))
    return Whole(
        rows.elements,
        rows.nan,
        rows.pos_inf,
        rows.neg_inf,
        min=float(rows.min[used].min()),
        max=float(rows.max[used].max()),
        mean=mean,
        sd=variance**0.5,
        l0=float(rows.nonzero.sum()) / finite,
        l1=float(weight @ rows.l1[used]),
        l2=float(weight @ rows.l2[used] ** 2) ** 0.5,
    )


@torch.no_grad()
def measure_whole(tensor: Tensor, rows: Rows) -> Whole:
    """Complete the pooled statistics of a tensor by its quantiles and histogram."""
    pooled = pool_rows(rows)
    if pooled.min is None:
        return pooled
    return add_quantiles(pooled, sort_finite(take_sample(tensor)), is_sampled(tensor.numel()))


def add_quantiles(whole: Whole, ordered: NDArray[np.float32], sampled: bool) -> Whole:
    """Complete statistics by the quantiles and the histogram of ordered finite values."""
    q25, median, q75 = find_quartiles(ordered) or (None, None, None)
    assert whole.min is not None
    assert whole.max is not None
    bins = count_bins(ordered, whole.min, whole.max)
    return replace(
        whole, q25=q25, median=median, q75=q75, bins=bins, sampled=sampled, ordered=ordered
    )


def measure(tensor: Tensor) -> Whole:
    """Measure a tensor that has no filters, of any shape."""
    return measure_whole(tensor, measure_rows(as_rows(tensor)))

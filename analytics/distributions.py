"""Lays recorded histograms, each over its own range, on one scale of values."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lay_on_scale(
    bins: NDArray[np.integer], lo: Floats, hi: Floats, scale: tuple[float, float], cells: int
) -> Floats:
    """Spread histograms over the cells of one scale: shares (cell, step), the lowest cell first.

    bins is (step, bin) counts over [lo, hi], both (step,); counts are even within a bin. Values
    beyond the scale belong to no cell. A histogram without extent is in the cell that holds it.
    NaN where nothing was counted. A scale without extent or no cell raises ValueError.
    """
    low, high = scale
    if not low < high or cells < 1:
        raise ValueError(f"a scale has extent and cells, got {scale!r} and {cells!r}")
    width = bins.shape[1]
    total = np.concatenate([np.zeros((len(bins), 1)), bins.cumsum(1)], axis=1).astype(np.float64)
    edges = np.linspace(low, high, cells + 1)
    extent = np.where(hi > lo, hi - lo, 1.0)
    place = np.clip((edges - lo[:, None]) / extent[:, None] * width, 0, width)
    # All of a histogram without extent counts as below every edge over its value.
    flat = (edges > lo[:, None]) | (edges == high) & (lo[:, None] == high)
    place = np.where((hi > lo)[:, None], place, np.where(flat, width, 0))
    place = np.nan_to_num(place)
    whole = np.minimum(place.astype(np.int64), width - 1)
    start = np.take_along_axis(total, whole, 1)
    end = np.take_along_axis(total, whole + 1, 1)
    below = start + (place - whole) * (end - start)
    counted = total[:, -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(counted > 0, np.diff(below, axis=1) / counted, np.nan)
    return np.asarray(shares.T)

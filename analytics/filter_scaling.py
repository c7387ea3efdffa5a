"""Scales a raster of filters over steps to the ends of a colour ramp: by layer, by filter or by step.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.3. The original paints a row or column
of one value as the largest change; here it is painted as none, and such rows are named.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

SCALES = ("layer", "filter", "step")
_NOISE = (
    2.0**-10
)  # of the largest value: logged numbers keep 10 bits, so ranges below it are rounding


@dataclass(frozen=True)
class ScaledFilters:
    """A raster between the ends of its scale, and the rows in which nothing happens."""

    shares: Doubles  # (filter, step) 0 to 1; signed values -1 to 1; NaN where missing
    low: Doubles  # (1,), (filter,) or (step,): the value painted as the low end; NaN where none
    high: Doubles  # the value painted as the high end
    flat: NDArray[np.bool_]  # (filter,) rows of one value: no change
    noisy: NDArray[np.bool_]  # (filter,) rows whose range is below float noise, flat ones left out


def scale_filters(
    values: NDArray[np.floating], by: str, signed: bool = False, noise: float = 0.0
) -> ScaledFilters:
    """Scale values (filter, step) over the whole layer, each filter or each step.

    Unsigned values become (v - min) / (max - min), signed ones v / max |v|, so that 0 stays in the
    middle. What is flat (a layer, row or column of one value) becomes 0; so do rows that only noise moves,
    where each row has its own scale: those whose range is at most `noise`, or below the 10 bits of the log. Infinite
    values stand at the end of the scale without stretching it, NaN stays. Another scale raises ValueError.
    """
    if by not in SCALES:
        raise ValueError(f"filters are scaled by one of {SCALES}, got {by!r}")
    doubles: Doubles = np.asarray(values, dtype=np.float64)
    axis = {"layer": None, "filter": 1, "step": 0}[by]
    low, high = _find_ends(doubles, axis)
    flat, noisy = _find_still(doubles, noise)
    if signed:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    shares = _scale(doubles, low, high, signed)
    if by == "filter":
        shares[flat | noisy] *= 0  # NaN stays
    return ScaledFilters(shares, low.ravel(), high.ravel(), flat, noisy)


def _scale(values: Doubles, low: Doubles, high: Doubles, signed: bool) -> Doubles:
    start = np.zeros_like(low) if signed else low
    extent = high - start
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shares = (values - start) / extent
    shares = np.where(extent > 0, shares, 0.0)
    return np.where(np.isnan(values), np.nan, np.clip(shares, -1.0 if signed else 0.0, 1.0))


def _find_ends(values: Doubles, axis: int | None) -> tuple[Doubles, Doubles]:
    finite = np.isfinite(values)
    low = np.where(finite, values, np.inf).min(axis=axis, keepdims=True, initial=np.inf)
    high = np.where(finite, values, -np.inf).max(axis=axis, keepdims=True, initial=-np.inf)
    none = low > high
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def _find_still(values: Doubles, noise: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    low, high = (ends[:, 0] for ends in _find_ends(values, 1))
    bounded = ~np.isinf(values).any(1)
    flat = (low == high) & bounded
    largest = np.maximum(np.abs(low), np.abs(high))
    noisy = (high - low <= np.maximum(noise, _NOISE * largest)) & ~flat & bounded
    return flat, noisy

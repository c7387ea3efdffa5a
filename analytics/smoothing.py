"""Smooths a curve for the eye; the values it hides are for the band to show."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CHUNK = 256  # points per matrix product; its square bounds the memory


def smooth(values: Floats, weight: float) -> Floats:
    """Average each value with its neighbours on both sides, which fade by `weight` per point.

    values is (point,), any unit; weight is 0 (nothing is smoothed) to under 1.
    Both sides, so that the line does not lag behind where the curve falls or rises. The average is
    divided by the sum of its weights, so that it starts where the values start and a constant
    stays what it is.
    A NaN carries no weight: its own place stays NaN and its neighbours are averaged without it.
    A weight outside [0, 1) raises ValueError.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"a smoothing weight is from 0 to under 1, got {weight!r}")
    finite = np.isfinite(values)
    total = _fade_both_ways(np.where(finite, values, 0.0), weight)
    weights = _fade_both_ways(finite.astype(np.float64), weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(finite, total / weights, np.nan)


def smooth_between(values: Floats, peaks: NDArray[np.bool_], weight: float) -> Floats:
    """Smooth a curve but leave its peaks as they are: they neither shrink nor lift what follows.

    values and peaks are (point,); the rest as in smooth.
    """
    return np.where(peaks, values, smooth(np.where(peaks, np.nan, values), weight))


def _fade_both_ways(values: Floats, weight: float) -> Floats:
    return _fade(values, weight) + _fade(values[::-1], weight)[::-1] - values


def _fade(values: Floats, weight: float) -> Floats:
    # y[i] = x[i] + weight * y[i - 1], a chunk at a time: inside a chunk it is one matrix product,
    # from chunk to chunk only the last value is carried on.
    lags = np.subtract.outer(np.arange(_CHUNK), np.arange(_CHUNK))
    matrix = np.where(lags >= 0, float(weight) ** np.maximum(lags, 0), 0.0)
    decay = float(weight) ** np.arange(1, _CHUNK + 1)
    faded = np.empty(len(values))
    carried = 0.0
    for first in range(0, len(values), _CHUNK):
        chunk = values[first : first + _CHUNK]
        n = len(chunk)
        faded[first : first + n] = matrix[:n, :n] @ chunk + carried * decay[:n]
        carried = faded[first + n - 1]
    return faded

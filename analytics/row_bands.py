"""Averages many rows of a chart down to few, so that a screen is not sent what it cannot show."""

import numpy as np
from numpy.typing import NDArray


def band_size(rows: int, most: int) -> int:
    """Count the rows that share a band so that there are at most `most` bands; at least 1."""
    if most < 1:
        raise ValueError(f"a chart needs one band or more, got {most}")
    return max(1, -(-rows // most))


def average_rows(values: NDArray[np.floating], size: int) -> NDArray[np.float64]:
    """Average each `size` neighbouring rows; the last band may hold fewer.

    values is (row, step); the result is (band, step). NaN does not count; a band of NaN is NaN.
    """
    rows, steps = values.shape
    bands = -(-rows // size)
    padded = np.full((bands * size, steps), np.nan)
    padded[:rows] = values
    grouped = padded.reshape(bands, size, steps)
    known = np.isfinite(grouped)
    counts = known.sum(1)
    total = np.where(known, grouped, 0).sum(1)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)

"""The logarithmic scale on which changes are painted: one byte per filter."""

import numpy as np
from numpy.typing import NDArray

NONE = 0  # no change at all
MISSING = 255  # not measured, or not finite
LOWEST = 1e-12  # 1 - cosine that byte 1 stands for; smaller changes are painted alike
HIGHEST = 2.0  # 1 - cosine of opposite directions, byte 254
_LEVELS = 253


def encode_change(change: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return bytes for changes of any shape: 0 = no change, 1..254 log scale, 255 = missing.

    Changes are 1 - cosine (unitless, 0..2); negative ones (rounding) count as none.
    """
    values = np.asarray(change, dtype=np.float64)
    finite = np.isfinite(values)
    position = np.log(np.clip(np.where(finite, values, 1.0), LOWEST, HIGHEST) / LOWEST)
    level = np.rint(1 + _LEVELS * position / np.log(HIGHEST / LOWEST))
    return np.where(finite, np.where(values > 0, level, NONE), MISSING).astype(np.uint8)


def decode_change(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the change each byte stands for (within 6 %); NaN where missing."""
    level = pixels.astype(np.float64)
    change = LOWEST * (HIGHEST / LOWEST) ** ((level - 1) / _LEVELS)
    change[pixels == NONE] = 0.0
    change[pixels == MISSING] = np.nan
    return change

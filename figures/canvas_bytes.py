"""Packs arrays for the canvas renderer: base64 of uint8, or of uint16 where 254 is too few."""

from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

Packed = dict[
    str, Any
]  # {"values": base64, "top": the value that stands for 1, "wide": 16 bits}; and
# "bad": the value that stands for a number that is not finite, where one may be there

LEVELS = 200  # of a packed share; not 254, so that base64 holds few of the slashes JSON escapes
MISSING = 255
WIDE_MISSING = 65_535
WIDE_BAD = 65_534  # not finite; of scores alone


def pack_counts(counts: NDArray[np.integer], top: int) -> Packed:
    """Pack counts of `top` exactly; -1 is missing. Counts over 65,534 are scaled down."""
    if top > WIDE_MISSING - 1:
        shares = np.where(counts < 0, np.nan, counts / top)
        return pack_shares(shares, wide=True)
    return _pack(np.where(counts < 0, np.nan, counts), max(1, top), wide=top >= MISSING)


def pack_shares(shares: NDArray[np.floating], wide: bool = False) -> Packed:
    """Pack shares, 0 to 1 in 200 levels (65,534 where wide); NaN is missing."""
    top = WIDE_MISSING - 1 if wide else LEVELS
    return _pack(np.clip(shares, 0, 1) * top, top, wide)


def pack_scores(
    scores: NDArray[np.floating], low: float, high: float, bad: NDArray[np.bool_]
) -> Packed:
    """Pack scores in 65,533 levels between the ends of their scale; those beyond stay at its ends.

    NaN is missing; where `bad`, a score was recorded that is not finite.
    """
    top = WIDE_BAD - 1
    shares = (np.asarray(scores, dtype=np.float64) - low) / (high - low)
    levels = np.where(bad, WIDE_BAD, np.clip(shares, 0, 1) * top)
    return {**_pack(levels, top, wide=True), "bad": WIDE_BAD}


def pack_codes(codes: NDArray[np.uint8]) -> Packed:
    """Pack codes as they are; 255 is missing."""
    return {"values": _text(codes), "top": 1, "wide": False}


def pack_floats(values: NDArray[np.floating]) -> str:
    """Pack numbers as they are, in single precision; NaN is missing."""
    with np.errstate(over="ignore"):
        return _text(np.asarray(values).astype("<f4"))


def pack_numbers(numbers: NDArray[np.integer]) -> str:
    """Pack whole numbers from 0 on, in 32 bits each."""
    return _text(numbers.astype("<u4"))


def _pack(values: NDArray[np.floating], top: int, wide: bool) -> Packed:
    missing = WIDE_MISSING if wide else MISSING
    filled = np.where(np.isnan(values), missing, np.rint(values))
    packed = filled.astype("<u2" if wide else np.uint8)
    return {"values": _text(packed), "top": top, "wide": wide}


def _text(packed: NDArray[Any]) -> str:
    return b64encode(np.ascontiguousarray(packed).tobytes()).decode("ascii")

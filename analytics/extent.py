"""Chooses how much of the y axis a chart shows, so that one spike does not flatten the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_HEADROOM = 0.06  # of the extent, above the highest value
_CUT_HEADROOM = 0.3  # above the calm values where spikes are cut off: they are seen to leave


@dataclass(frozen=True)
class Extent:
    """The values a chart shows, and whether marked spikes leave it at the top."""

    low: float
    high: float
    cut: bool


def measure_extent(
    lows: Sequence[Floats], highs: Sequence[Floats], spiked: Sequence[NDArray[np.bool_]]
) -> Extent | None:
    """Span all values; but where spikes would more than double the extent, span the others only.

    lows, highs and spiked hold an array (bucket,) per curve; spiked says which buckets hold a
    marked spike, so what is cut off is never unnamed. NaN counts as no value.
    Values of which none is negative start at 0 where that at most doubles their extent.
    None where there is no finite value.
    """
    low = _reach(np.min, lows)
    top = _reach(np.max, highs)
    if low is None or top is None:
        return None
    calm = _reach(np.max, [high[~cut] for high, cut in zip(highs, spiked, strict=True)])
    if calm is None or top - low <= 2 * (calm - low):
        calm = top
    if 0 <= low <= calm - low:
        low = 0.0
    room = (calm - low) or abs(calm) or 1.0
    cut_off = calm < top
    return Extent(low, calm + room * (_CUT_HEADROOM if cut_off else _HEADROOM), cut_off)


def measure_log_extent(lows: Sequence[Floats], highs: Sequence[Floats]) -> Extent | None:
    """Span all positive values, with a little room at both ends; None where there is none.

    lows and highs hold an array (bucket,) per curve; NaN counts as no value.
    """
    positive = [values[values > 0] for values in (*lows, *highs)]
    low, high = _reach(np.min, positive), _reach(np.max, positive)
    if low is None or high is None:
        return None
    room = max(high / low, 1.1) ** _HEADROOM
    return Extent(low / room, high * room, cut=False)


def _reach(choose: Callable[[Floats], float], arrays: Sequence[Floats]) -> float | None:
    values = np.concatenate([array[np.isfinite(array)] for array in arrays] or [np.empty(0)])
    return float(choose(values)) if len(values) else None

"""Chooses the round numbers at which an axis is ruled, and how they are written."""

import math
from dataclasses import dataclass

from figures.numbers import format_number

_ROUND = (1.0, 2.0, 5.0, 10.0)
_PER_DECADE = ((1, 2, 5), (1, 3), (1,))
_MOST = 5  # grid lines of a logarithmic axis


@dataclass(frozen=True)
class Ruling:
    """The range of an axis, its grid lines and their words."""

    low: float
    high: float
    values: tuple[float, ...]
    texts: tuple[str, ...]
    log: bool = False


def rule_axis(low: float, high: float, *, share: bool = False, intervals: int = 5) -> Ruling:
    """Rule an axis from `low` to `high` with at most `intervals` + 1 round grid lines inside.

    share writes the values as percentages; an axis without extent is widened.
    """
    if not high > low:
        high = low + (abs(low) or 1.0)
    size = _round_up((high - low) / intervals)
    first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
    values = tuple(size * k for k in range(first, last + 1))
    return Ruling(low, high, values, tuple(_texts(values, size, share)))


def rule_log_axis(low: float, high: float) -> Ruling:
    """Rule a logarithmic axis over the positive values from `low` to `high`."""
    if not high > low:
        low, high = low / 2, low * 2
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    decades = _inside([10.0**power for power in powers], low, high)
    if len(decades) > 3:
        values = decades[:: -(-len(decades) // 5)]
    else:
        finer = [[m * 10.0**power for power in powers for m in per] for per in _PER_DECADE]
        values = next((v for v in (_inside(f, low, high) for f in finer) if len(v) <= _MOST), [])
    if len(values) < 3:
        values = list(rule_axis(low, high).values)
    return Ruling(low, high, tuple(values), tuple(_power_text(v) for v in values), log=True)


def _inside(values: list[float], low: float, high: float) -> list[float]:
    return [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def _round_up(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next(m for m in _ROUND if m * power >= rough * (1 - 1e-9))


def _texts(values: tuple[float, ...], size: float, share: bool) -> list[str]:
    unit = 100.0 if share else 1.0
    decimals = max(0, -math.floor(math.log10(size * unit) + 1e-9))
    largest = max(map(abs, values), default=0.0)
    if not share and not 1e-3 <= largest < 1e9:
        return [format_number(value if abs(value) > size / 2 else 0.0) for value in values]
    suffix = " %" if share else ""
    return [f"{value * unit:,.{decimals}f}{suffix}".replace("-", "−") for value in values]


def _power_text(value: float) -> str:
    digits, power = f"{value:.2e}".split("e")
    return f"{float(digits):g}e{int(power)}".replace("-", "−")

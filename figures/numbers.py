"""Writes numbers as the design asks, for every text that Python makes."""

import math


def format_number(value: float | None) -> str:
    """Write 4,150, 0.412, 2e−4 or NaN, and – where there is no value."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "−Inf"
    size = abs(value)
    if size != 0 and (size < 1e-3 or size >= 1e9):
        return _exponent(value)
    if float(value).is_integer() or size >= 1000:
        text = f"{size:,.0f}"
    else:
        text = f"{float(f'{size:.3g}'):,.6f}".rstrip("0").rstrip(".")
    return ("−" if value < 0 else "") + text


def format_share(value: float | None) -> str:
    """Write a share of 0 to 1 as 11.8 %."""
    if value is None or not math.isfinite(value):
        return format_number(value)
    return f"{100 * value:.1f} %".replace("-", "−")


def _exponent(value: float) -> str:
    digits, power = f"{value:.2e}".split("e")
    return f"{float(digits):g}e{int(power)}".replace("-", "−")

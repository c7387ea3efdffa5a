"""Draws the loss or error of up to four runs over steps, with everything that happened to it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from figures.axes import Ruling, rule_axis, rule_log_axis
from figures.curve_traces import (
    CurveMark,
    DrawnCurve,
    StepTicks,
    trace_bad,
    trace_band,
    trace_end,
    trace_line,
    trace_spike_words,
    trace_spikes,
    trace_ticks,
)
from figures.theme import MARGIN, TEMPLATES, Scheme

__all__ = ["CurveChart", "CurveMark", "DrawnCurve", "StepTicks", "draw_loss_curves"]

Floats = NDArray[np.float64]

_TICKS = 0.045  # share of the plot's height under the curves, for steps and stages
# Margins that hold every label: Plotly need not measure each of them to know which to leave out.
_STILL = {"fixedrange": True, "automargin": False, "ticklabeloverflow": "allow"}
_HIDDEN = {**_STILL, "range": [0, 1], "visible": False}


@dataclass(frozen=True)
class CurveChart:
    """What one chart shows."""

    curves: tuple[DrawnCurve, ...]
    ticks: StepTicks
    first: float  # position of the left edge
    last: float  # position of the right edge
    low: float  # values at the bottom and the top
    high: float
    whole: tuple[int, int] = (0, 1)  # first and last step there are to see
    axis: str = "step"  # word under the x axis
    log: bool = False
    share: bool = False  # the values are shares, written as percentages
    knots: tuple[Floats, Floats] = field(default_factory=lambda: (np.empty(0), np.empty(0)))


def draw_loss_curves(chart: CurveChart, scheme: Scheme = "light") -> go.Figure:
    """Draw a pale band, a solid or dashed line and the marks of each curve, ticks underneath.

    Every trace names in `meta` the token its colour comes from, so that the browser can change
    the scheme without asking for the figure again.
    """
    ruling = _rule(chart)
    traces = trace_ticks(chart.ticks, scheme)
    traces += [trace_band(curve, scheme) for curve in chart.curves]
    traces += [trace_line(curve, scheme) for curve in chart.curves]
    for curve in chart.curves:
        traces += trace_end(curve, scheme) if curve.end else []
    traces += _trace_marks(chart, ruling, scheme)
    return go.Figure(traces, _layout(chart, ruling, scheme))


def _trace_marks(chart: CurveChart, ruling: Ruling, scheme: Scheme) -> list[go.Scatter]:
    # Words take rows from the top, first those of what is not finite, so that none covers another.
    span = (chart.first, chart.last)
    bad = [curve for curve in chart.curves if curve.bad]
    spiked = [curve for curve in chart.curves if curve.spikes]
    traces = [trace_spikes(curve, ruling.high, scheme) for curve in spiked]
    for row, curve in enumerate(spiked, start=len(bad)):
        height = _share_of_height(curve.spikes[0].y or 0.0, ruling)
        traces.append(trace_spike_words(curve, row, height, span, scheme))
    return traces + [trace_bad(curve, row, span, scheme) for row, curve in enumerate(bad)]


def _share_of_height(value: float, ruling: Ruling) -> float:
    low, high = ruling.low, ruling.high
    if ruling.log:
        low, high, value = np.log10(low), np.log10(high), np.log10(max(value, low))
    return float((value - low) / (high - low))


def _rule(chart: CurveChart) -> Ruling:
    if chart.log:
        return rule_log_axis(chart.low, chart.high)
    high = min(chart.high, 1.0) if chart.share else chart.high
    return rule_axis(chart.low, high, share=chart.share)


def _layout(chart: CurveChart, ruling: Ruling, scheme: Scheme) -> dict[str, Any]:
    return {
        "template": TEMPLATES[f"epoch_{scheme}"],
        "margin": MARGIN,
        "hovermode": False,
        "dragmode": False,
        "uirevision": "overview",
        "xaxis": _step_axis(chart),
        "yaxis": _value_axis(ruling),
        # Marks stand at a share of the plot's height, whatever the curves do.
        "yaxis2": {**_HIDDEN, "domain": [_TICKS, 1], "overlaying": "y"},
        "yaxis3": {**_HIDDEN, "domain": [0, _TICKS]},
        "meta": {
            "axis": chart.axis,
            "whole": list(chart.whole),
            "share": chart.share,
            "steps": chart.knots[0].tolist(),
            "positions": chart.knots[1].tolist(),
        },
    }


def _step_axis(chart: CurveChart) -> dict[str, Any]:
    return {
        **_STILL,
        "range": [chart.first, chart.last],
        "title": {"text": chart.axis, "standoff": 4},
        "nticks": 8,
        "tickformat": _tick_format(chart),
        "anchor": "y3",
    }


def _value_axis(ruling: Ruling) -> dict[str, Any]:
    ends = np.log10([ruling.low, ruling.high]) if ruling.log else [ruling.low, ruling.high]
    return {
        **_STILL,
        "domain": [_TICKS, 1],
        "type": "log" if ruling.log else "linear",
        "range": [float(end) for end in ends],
        "tickvals": list(ruling.values),
        "ticktext": list(ruling.texts),
        "ticks": "",
        "ticklabelstandoff": 5,
    }


def _tick_format(chart: CurveChart) -> str:
    far = max(abs(chart.first), abs(chart.last))
    if chart.axis == "step" and far > 1e4 and (chart.last - chart.first) / far > 0.02:
        return "~s"
    return ",d" if chart.axis == "step" else ",~g"

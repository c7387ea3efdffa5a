"""The traces of one curve: band, line, marks, and the ticks of steps and stages under it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from figures.theme import TOKENS, Scheme, fade

Floats = NDArray[np.float64]

BAND_OPACITY = 0.17
EDGE_OPACITY = 0.3  # of the band's outline: shows a single value that has no area
LINE_WIDTH = 1.8
DASHES = {"train": "solid", "validation": "5px,3px"}
_ROW = 0.062  # height of one line of words, as a share of the plot's


@dataclass(frozen=True)
class CurveMark:
    """Something that happened at one place of a curve, in words."""

    x: float
    text: str
    y: float | None = None


@dataclass(frozen=True)
class DrawnCurve:
    """One curve of one run, in buckets of which each fills about a pixel."""

    run: str
    place: int  # of the run in the header, 1 to 4: gives the colour
    part: str  # "train" (solid) or "validation" (dashed)
    x: Floats  # (bucket,) middle of the bucket
    low_x: Floats  # (bucket,) where its lowest value is
    high_x: Floats  # (bucket,) where its highest value is
    low: Floats  # (bucket,)
    high: Floats  # (bucket,)
    mean: Floats  # (bucket,)
    line: Floats  # (bucket,) the smoothed mean
    bad: CurveMark | None = None  # first value that is not finite
    spikes: tuple[CurveMark, ...] = ()  # strongest first; only that one is named in words
    end: CurveMark | None = None  # where the run broke off


@dataclass(frozen=True)
class StepTicks:
    """What stands under the axis."""

    recorded: Floats  # positions of recorded steps
    stages: Floats  # positions at which a learning rate changed
    schedules: tuple[tuple[int, Floats, Floats], ...]  # place, positions, share of the highest rate


def trace_band(curve: DrawnCurve, scheme: Scheme) -> go.Scatter:
    """Fill from each bucket's lowest to its highest value, each at its own step."""
    color = _color(curve, scheme)
    return go.Scatter(
        x=_numbers(np.concatenate([curve.high_x, curve.low_x[::-1]])),
        y=np.concatenate([curve.high, curve.low[::-1]]).astype(np.float32),
        mode="lines",
        fill="toself",
        fillcolor=fade(color, BAND_OPACITY),
        line={"color": fade(color, EDGE_OPACITY), "width": 1, "simplify": False},
        **_named(curve, "band"),
    )


def trace_line(curve: DrawnCurve, scheme: Scheme) -> go.Scatter:
    """Draw the smoothed line; a lone value becomes a dot."""
    color = _color(curve, scheme)
    return go.Scatter(
        x=_numbers(curve.x),
        y=curve.line.astype(np.float32),
        customdata=curve.mean.astype(np.float32),
        mode="lines+markers" if len(curve.x) == 1 else "lines",
        line={"color": color, "width": LINE_WIDTH, "dash": DASHES[curve.part]},
        marker={"color": color, "size": 6},
        **_named(curve, "line", bad=curve.bad.text if curve.bad else None),
    )


def trace_bad(curve: DrawnCurve, row: int, span: tuple[float, float], scheme: Scheme) -> go.Scatter:
    """Draw a cross where the curve stops being finite, with the words, in their row from the top."""
    assert curve.bad is not None
    return go.Scatter(
        x=[min(max(curve.bad.x, span[0]), span[1])],
        y=[_row_height(row)],
        text=[f"<b>  {curve.bad.text}  </b>"],
        mode="markers+text",
        textposition=_side(curve.bad.x, span),
        textfont={"color": TOKENS[scheme]["bad-text"], "size": 11},
        marker={
            "symbol": "x-thin",
            "size": 8,
            "line": {"color": TOKENS[scheme]["bad"], "width": 1.8},
        },
        yaxis="y2",
        cliponaxis=False,
        **_named(curve, "bad"),
    )


def trace_spikes(curve: DrawnCurve, top: float, scheme: Scheme) -> go.Scatter:
    """Draw a triangle at each spike's peak, at the upper edge where it leaves the chart."""
    return go.Scatter(
        x=[spike.x for spike in curve.spikes],
        y=[min(spike.y or 0.0, top) for spike in curve.spikes],
        customdata=[[spike.y, spike.text] for spike in curve.spikes],
        mode="markers",
        marker={"symbol": "triangle-down", "size": 9, "color": TOKENS[scheme]["warn"]},
        cliponaxis=False,
        **_named(curve, "spike"),
    )


def trace_spike_words(
    curve: DrawnCurve, row: int, height: float, span: tuple[float, float], scheme: Scheme
) -> go.Scatter:
    """Name the strongest spike beside its peak; the words of others may push it down to its row.

    height is the peak's share of the plot's height.
    """
    spike = curve.spikes[0]
    return go.Scatter(
        x=[spike.x],
        # Not so low that a curve at the foot of the plot strikes the words through.
        y=[min(max(height, _ROW), _row_height(row))],
        text=[f"  {spike.text}  "],
        mode="text",
        textposition=_side(spike.x, span),
        textfont={"color": TOKENS[scheme]["warn-text"], "size": 11},
        yaxis="y2",
        cliponaxis=False,
        **_named(curve, "words"),
    )


def _row_height(row: int) -> float:
    return 1 - 0.035 - row * _ROW


def trace_end(curve: DrawnCurve, scheme: Scheme) -> list[go.Scatter]:
    """Draw a ring where a run broke off, a dashed upright through it and the word."""
    assert curve.end is not None
    color = _color(curve, scheme)
    upright = go.Scatter(
        x=[curve.end.x, curve.end.x],
        y=[0, 1],
        text=["", f"{curve.end.text}  "],
        mode="lines+text",
        textposition="bottom left",
        textfont={"color": TOKENS[scheme]["bad-text"], "size": 11},
        line={"color": color, "width": 1, "dash": "2px,3px"},
        yaxis="y2",
        **_named(curve, "end"),
    )
    ring = go.Scatter(
        x=curve.x[-1:],
        y=curve.line[-1:],
        mode="markers",
        marker={"symbol": "circle-open", "size": 8, "color": color, "line": {"width": 1.8}},
        **_named(curve, "ring"),
    )
    return [upright, ring]


def trace_ticks(ticks: StepTicks, scheme: Scheme) -> list[go.Scatter]:
    """Draw 1 px ticks for recorded steps, longer ones for stages, a thin line for a schedule."""
    tokens = TOKENS[scheme]
    traces = [
        _uprights(ticks.recorded, 0.5, "recorded", tokens["line-strong"], 1),
        _uprights(ticks.stages, 0.0, "stage", tokens["muted"], 1.5),
    ]
    for place, x, y in ticks.schedules:
        traces.append(
            go.Scatter(
                x=_numbers(x),
                y=y.astype(np.float32),
                mode="lines",
                line={"color": tokens[f"run-{place}"], "width": 1},
                yaxis="y3",
                meta={"role": "schedule", "place": place},
                hoverinfo="skip",
            )
        )
    return [trace for trace in traces if len(trace.x)]


def _uprights(x: Floats, foot: float, role: str, color: str, width: float) -> go.Scatter:
    # One path for all: a tick is a line of two points, and a gap follows it.
    at = np.repeat(x, 3)
    at[2::3] = np.nan
    return go.Scatter(
        x=at,
        y=np.tile([foot, 1.0, np.nan], len(x)),
        mode="lines",
        line={"color": color, "width": width},
        yaxis="y3",
        meta={"role": role, "place": 0},
        hoverinfo="skip",
    )


def _named(curve: DrawnCurve, role: str, **more: Any) -> dict[str, Any]:
    meta = {"role": role, "place": curve.place, "part": curve.part, "run": curve.run, **more}
    return {"name": f"{curve.run} {curve.part}", "meta": meta, "hoverinfo": "skip"}


def _numbers(x: Floats) -> NDArray[Any]:
    # Whole steps travel as integers: half the bytes.
    whole = np.all(x == np.round(x)) and np.all(np.abs(x) < 2**31)
    return x.astype(np.int32) if whole else x


def _color(curve: DrawnCurve, scheme: Scheme) -> str:
    return TOKENS[scheme][f"run-{curve.place}"]


def _side(x: float, span: tuple[float, float]) -> str:
    return "middle left" if x > span[0] + 0.68 * (span[1] - span[0]) else "middle right"

"""What the canvas paints of a layer's filters: a row each, what stands still apart from it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.canvas_bytes import LEVELS, MISSING, Packed

Payload = dict[str, Any]
BAD = 254  # a number that is not finite
MARKS = ("frozen", "decay_only", "inactive", "over_active")


@dataclass(frozen=True)
class RunFilters:
    """The filters of a layer in one run, in the row order of the chart."""

    steps: NDArray[np.int64]  # (step,)
    shares: NDArray[np.float64]  # (row, step) 0 to 1, signed -1 to 1; NaN where missing
    bad: NDArray[np.bool_]  # (row, step) recorded, and not finite
    still: Sequence[tuple[int, str]]  # rows to be drawn as a line: "frozen", "flat" or "noisy"
    cut: Sequence[str]  # (cut,) "frozen" or "flat", of the filters cut out of the raster
    low: NDArray[np.float64]  # of the scale, as many as it has groups
    high: NDArray[np.float64]
    marks: dict[str, NDArray[np.int64]]  # the filters of each mark
    filters: int  # of the layer in this run


@dataclass(frozen=True)
class LayerFilters:
    """The filters of one layer in every chosen run, in the same order for all of them."""

    layer: str
    label: str
    unit: str
    signed: bool
    by: str  # the scale: layer, filter or step
    rows: NDArray[np.int64]  # (row,) the filter of each row; the first where rows are averaged
    cut: NDArray[np.int64]  # filters that never change, below the raster
    band: int  # filters that share a row
    runs: tuple[RunFilters | None, ...]  # None: the run has no such layer


def draw_filters(chart: LayerFilters) -> Payload:
    """Pack the pixel chart of a layer's filters."""
    return {
        "layer": chart.layer,
        "label": chart.label,
        "unit": chart.unit,
        "signed": chart.signed,
        "by": chart.by,
        "rows": chart.rows.tolist(),
        "cut": chart.cut.tolist(),
        "band": chart.band,
        "runs": [None if run is None else _pack(run, chart.signed) for run in chart.runs],
    }


def _pack(run: RunFilters, signed: bool) -> Payload:
    return {
        "steps": run.steps.tolist(),
        "filters": run.filters,
        "cells": pack_cells(run.shares, run.bad, signed),
        "still": [list(pair) for pair in run.still],
        "cut": list(run.cut),
        "ends": [_end(run.low, np.fmin), _end(run.high, np.fmax)],
        "marks": {name: found.tolist() for name, found in run.marks.items()},
    }


def pack_cells(shares: NDArray[np.float64], bad: NDArray[np.bool_], signed: bool = False) -> Packed:
    """Pack shares (row, step) in 200 levels, signed ones with 0 in the middle; NaN is missing."""
    level = (shares + 1) / 2 if signed else shares
    known = np.where(np.isnan(level), MISSING, np.rint(np.nan_to_num(level) * LEVELS))
    codes = np.where(bad, BAD, known).astype(np.uint8)
    text = b64encode(np.ascontiguousarray(codes).tobytes()).decode("ascii")
    return {"values": text, "top": LEVELS, "wide": False, "bad": BAD}


def _end(ends: NDArray[np.float64], pick: Any) -> float | None:
    known = ends[np.isfinite(ends)]
    return float(pick.reduce(known)) if len(known) else None

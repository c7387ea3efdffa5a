"""What the canvas paints of the top-changing filters: a strip each, scaled step by step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.layers_filters import pack_cells

Payload = dict[str, Any]


@dataclass(frozen=True)
class RunTop:
    """The strips of one run, in the order of all runs."""

    at: tuple[int, ...]  # the validated steps that are ranked; empty where none has a change
    steps: NDArray[np.int64]  # (step,)
    shares: NDArray[
        np.float64
    ]  # (strip, step) of the largest change of the step; NaN where missing
    change: NDArray[np.float64]  # (strip,) at the first of the ranked steps
    bad: NDArray[np.bool_]  # (strip, step) recorded, and not finite
    filters: int  # of the whole network


@dataclass(frozen=True)
class TopFilters:
    """The top-changing filters of a step, or of several together."""

    k: int
    measure: str
    every: bool  # of several steps: those of every step, instead of any
    filters: tuple[tuple[str, int], ...]  # (strip,) layer and filter, those that are drawn
    layers: dict[str, int]  # how many of all top filters each layer holds
    count: int  # of all top filters
    runs: tuple[RunTop | None, ...]  # None: the run has no filters that were validated


def draw_top(top: TopFilters) -> Payload:
    """Pack the strips of the top-changing filters."""
    return {
        "k": top.k,
        "measure": top.measure,
        "every": top.every,
        "filters": [list(pair) for pair in top.filters],
        "layers": top.layers,
        "count": top.count,
        "runs": [None if run is None else _pack(run) for run in top.runs],
    }


def _pack(run: RunTop) -> Payload:
    known = np.isfinite(run.change)
    change = [
        value if finite else None
        for value, finite in zip(run.change.tolist(), known.tolist(), strict=True)
    ]
    return {
        "at": list(run.at),
        "steps": run.steps.tolist(),
        "cells": pack_cells(run.shares, run.bad),
        "change": change,
        "filters": run.filters,
    }

"""What Correlation and Cube draw: anomaly iterations, mini-sets, cells, and the rows beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.lift import Lift
from analytics.miniset_limits import Limits
from analytics.miniset_table import MiniSetFigures, MiniSets
from figures.canvas_bytes import pack_counts, pack_floats, pack_shares

Payload = dict[str, Any]
ClassOrder = Literal["similarity", "appearances", "own", "iterations", "error", "name", "recorded"]
LayerOrder = Literal["network", "similarity", "weight"]


@dataclass(frozen=True)
class ClassMarks:
    """The anomaly iterations of one class in one run; arrays are (iteration,)."""

    images: int
    least: int  # flips that make an iteration anomalous
    at: NDArray[np.int64]  # places of the steps
    left: NDArray[np.int64]  # flips out of a steady answer
    right: NDArray[np.int64]  # flips into one


@dataclass(frozen=True)
class FilterRows:
    """Rows of the Layers face and what stands beside them in Correlation."""

    sets: MiniSets | None  # None in the abstract version
    figures: MiniSetFigures | None
    shares: NDArray[np.float64]  # (row, step) 0 to 1 of the change scale; a row per filter or layer
    layers: NDArray[np.int64]  # (row,) of the abstract version: places of the layers
    counts: NDArray[np.int64] | None  # (row, class) distinct anomaly filters, abstract alone


@dataclass(frozen=True)
class RunMatrix:
    """Everything of one run; classes as the page orders them."""

    name: str
    steps: NDArray[np.int64]
    stages: tuple[tuple[int, int, float], ...]  # first step, last step, learning rate
    classes: tuple[ClassMarks | None, ...]  # None: the run has no such class
    layers: tuple[tuple[str, int, int], ...]  # name, filters, anomaly filters; network order
    rows: FilterRows
    top: int
    filters: int  # of the network
    total: int  # mini-sets before any limit
    state: str = ""  # why nothing is drawn: "", "filters", "anomalies" or "limits"
    highest: tuple[str, int, int] | None = None  # class, flips, images: the largest score
    histogram: tuple[int, ...] = ()  # (class, step) pairs by score, in equal shares of the class


@dataclass(frozen=True)
class Matrix:
    """What the page shows: runs under the same settings and class order."""

    key: str
    classes: tuple[tuple[int, int, str], ...]  # row, class id, name
    runs: tuple[RunMatrix | None, ...]  # None: nothing was predicted
    settings: dict[str, Any]
    limits: Limits
    suggested: Limits
    notes: list[dict[str, str]] = field(default_factory=list)


def draw_matrix(matrix: Matrix) -> Payload:
    """Pack the matrix for the browser."""
    return {
        "key": matrix.key,
        "classes": [{"row": row, "id": id_, "name": name} for row, id_, name in matrix.classes],
        "runs": [None if run is None else _describe_run(run) for run in matrix.runs],
        "settings": matrix.settings,
        "limits": vars(matrix.limits),
        "suggested": vars(matrix.suggested),
        "notes": matrix.notes,
    }


def _describe_run(run: RunMatrix) -> Payload:
    return {
        "name": run.name,
        "steps": run.steps.tolist(),
        "stages": [list(stage) for stage in run.stages],
        "classes": [None if each is None else _describe_class(each) for each in run.classes],
        "layers": [list(layer) for layer in run.layers],
        "sets": _describe_sets(run.rows),
        "rows": run.rows.layers.tolist(),
        "shares": pack_shares(run.rows.shares),
        "counts": None if run.rows.counts is None else _pack_counts(run.rows.counts),
        "top": run.top,
        "filters": run.filters,
        "total": run.total,
        "state": run.state,
        "histogram": list(run.histogram),
        "highest": None if run.highest is None else list(run.highest),
    }


def _describe_class(marks: ClassMarks) -> Payload:
    return {
        "images": marks.images,
        "least": marks.least,
        "at": marks.at.tolist(),
        "left": marks.left.tolist(),
        "right": marks.right.tolist(),
    }


def _describe_sets(rows: FilterRows) -> list[Payload]:
    if rows.sets is None or rows.figures is None:
        return []
    sets, figures = rows.sets, rows.figures
    return [
        {
            "layer": int(sets.layer[place]),
            "filters": filters.tolist(),
            "at": np.flatnonzero(sets.whole[place]).tolist(),
            "appearances": int(figures.appearances[place]),
            "classes": int(figures.classes[place]),
            "repeats": int(figures.repeats[place]),
            "exclusivity": round(float(figures.exclusivity[place]), 3),
        }
        for place, filters in enumerate(sets.filters)
    ]


def _pack_counts(counts: NDArray[np.int64]) -> Payload:
    return pack_counts(counts, int(counts.max(initial=1)))


def draw_strips(runs: Sequence[tuple[NDArray[np.float64], NDArray[np.int64]] | None]) -> Payload:
    """Pack the errors of every class, (class, step), with the place of each row's class; by run."""
    return {
        "runs": [
            None if run is None else {"errors": pack_shares(run[0]), "places": run[1].tolist()}
            for run in runs
        ]
    }


def draw_lift(key: str, runs: Sequence[Lift | None], pairs: Sequence[int]) -> Payload:
    """Pack lift, what is observed and expected, and what survives, each (row, class); by run.

    Of a run with a matrix but without a lift only the number of its pairs is packed: they are too many.
    """
    packed = [
        _describe_lift(lift) if lift else {"pairs": many} if many else None
        for lift, many in zip(runs, pairs, strict=True)
    ]
    return {"key": key, "runs": packed}


def _describe_lift(lift: Lift) -> Payload:
    return {
        "observed": _pack_counts(lift.observed),
        "expected": pack_floats(lift.expected.ravel()),
        "beyond": np.flatnonzero(lift.beyond_chance.ravel()).tolist(),
        "cells": int(lift.observed.size),
    }

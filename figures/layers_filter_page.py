"""What the page of one filter shows: its weights, its numbers over the steps, its classes, its images."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.layers_filters import pack_cells

Payload = dict[str, Any]
DIGITS = 4  # of a number of a curve: logged ones have no more


@dataclass(frozen=True)
class FilterWeights:
    """The weights of a filter in one snapshot, the longest kernels first."""

    step: int
    kernels: NDArray[np.float64]  # (channel, height, width)
    channels: NDArray[np.int64]  # (channel,) input channel of each kernel
    inputs: int  # of the filter; no more than MOST_KERNELS of them are drawn


@dataclass(frozen=True)
class FilterClasses:
    """How strongly a filter answers to each class in one snapshot, the strongest first."""

    step: int
    names: tuple[str, ...]  # (class,)
    means: NDArray[np.float64]  # (class,) of its outputs
    count: int  # of all classes


@dataclass(frozen=True)
class BestImage:
    """An image to which a filter answered most, and where in its map."""

    image: int
    value: float
    row: int
    column: int
    pictured: bool


@dataclass(frozen=True)
class FilterCurve:
    """One number of a filter at the steps where it is recorded."""

    name: str
    label: str
    unit: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class FilterFacts:
    """What one run knows of a filter."""

    run: str
    shape: str
    filters: int  # of its layer
    marks: tuple[str, ...]
    at: int | None  # the validated step of the ranks
    rank: int | None  # among the filters of the network that moved
    ranked: int  # all filters of the network
    curves: tuple[FilterCurve, ...]
    weights: FilterWeights | None
    classes: FilterClasses | None
    best: tuple[BestImage, ...]
    note: str  # why weights, classes or images are not there


@dataclass(frozen=True)
class FilterHover:
    """What a tooltip says of a filter at a step."""

    label: str  # of the shown quantity
    value: float
    change: float
    relative: float
    rank: int | None  # None: the step is not validated, or the filter did not change
    ranked: int
    weights: FilterWeights | None
    note: str


def draw_hover(key: str, hover: FilterHover) -> Payload:
    """Pack a tooltip; `key` names what it was asked for."""
    weights = hover.weights
    return {
        "key": key,
        "label": hover.label,
        "value": _round(hover.value),
        "change": _round(hover.change),
        "relative": _round(hover.relative),
        "rank": hover.rank,
        "of": hover.ranked,
        "kernels": None if weights is None else _pack_strip(weights),
        "note": hover.note,
    }


def _pack_strip(weights: FilterWeights) -> Payload:
    single = weights.kernels[0].size == 1
    count = min(len(weights.kernels), 64 if single else 6)
    first = FilterWeights(weights.step, weights.kernels[:count], weights.channels[:count], count)
    packed = _pack_weights(first)
    what = "inputs" if single else f"largest of {weights.inputs} kernels"
    return {
        "cells": packed["cells"],
        "height": packed["height"],
        "width": packed["width"],
        "count": count,
        "words": f"{count} {what}",
    }


def draw_filter(layer: str, filter_: int, runs: list[FilterFacts | None]) -> Payload:
    """Pack the page of a filter; None stands for a run that has no such filter."""
    return {
        "layer": layer,
        "filter": filter_,
        "runs": [None if facts is None else _pack(facts) for facts in runs],
    }


def _pack(facts: FilterFacts) -> Payload:
    return {
        "run": facts.run,
        "shape": facts.shape,
        "filters": facts.filters,
        "marks": list(facts.marks),
        "at": facts.at,
        "rank": facts.rank,
        "ranked": facts.ranked,
        "curves": [_pack_curve(curve) for curve in facts.curves],
        "weights": None if facts.weights is None else _pack_weights(facts.weights),
        "classes": None if facts.classes is None else _pack_classes(facts.classes),
        "best": [vars(image) for image in facts.best],
        "note": facts.note,
    }


def _pack_curve(curve: FilterCurve) -> Payload:
    return {
        "name": curve.name,
        "label": curve.label,
        "unit": curve.unit,
        "steps": curve.steps.tolist(),
        "values": [_round(value) for value in curve.values.tolist()],
    }


def _round(value: float) -> float | str | None:
    if np.isnan(value):
        return None
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else ("+Inf" if value > 0 else "-Inf")


def _pack_weights(weights: FilterWeights) -> Payload:
    finite = weights.kernels[np.isfinite(weights.kernels)]
    largest = float(np.abs(finite).max(initial=0.0))
    shares = weights.kernels / (largest or 1)
    rows = shares.reshape(len(shares), -1)
    return {
        "step": weights.step,
        "height": weights.kernels.shape[1],
        "width": weights.kernels.shape[2],
        "channels": weights.channels.tolist(),
        "inputs": weights.inputs,
        "largest": largest,
        "cells": pack_cells(np.where(np.isfinite(rows), rows, np.nan), ~np.isfinite(rows), True),
    }


def _pack_classes(classes: FilterClasses) -> Payload:
    return {
        "step": classes.step,
        "names": list(classes.names),
        "means": [_round(mean) for mean in classes.means.tolist()],
        "count": classes.count,
    }

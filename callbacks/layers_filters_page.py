"""Loads what the chosen runs know of one filter: weights, classes and images of a snapshot, its course."""

from collections.abc import Iterator, Sequence

import numpy as np

from analytics.filter_kernels import arrange_kernels, order_kernels
from analytics.filter_quantities import QUANTITIES, derive_quantity
from callbacks.layers_filters_candidates import list_layers
from callbacks.layers_filters_marks import load_marks
from callbacks.layers_filters_raster import has_filters, series_of
from callbacks.layers_filters_top import find_steps, rank_step
from data.filters import read_filter_course
from data.layers import find_layer, read_filter_statistics
from data.pictures import read_pictured
from data.run_files import LayerRow
from data.snapshots import list_snapshots, read_tensors
from data.store import Run, open_run
from figures.layers_filter_page import (
    BestImage,
    FilterClasses,
    FilterCurve,
    FilterFacts,
    FilterHover,
    FilterWeights,
)
from figures.layers_filters import MARKS

MOST_KERNELS = 256  # that are drawn, the longest first
MOST_CLASSES = 8
CURVES = (
    "change",
    "relative",
    "mean",
    "sd",
    "l2",
    "gradient_l2",
    "activation_mean",
    "active_share",
)
WORDS = {"frozen": "frozen", "decay_only": "decay only", "inactive": "inactive",
         "over_active": "over-active"}  # fmt: skip


def load_filter(
    names: Sequence[str], layer: str, filter_: int, focus: int | None
) -> list[FilterFacts | None]:
    """Load a filter of every run; None for a run that has no such filter."""
    return [_load(open_run(name), layer, filter_, focus) for name in names]


def _load(run: Run, layer: str, filter_: int, focus: int | None) -> FilterFacts | None:
    if not has_filters(run, layer):
        return None
    row = find_layer(run, layer)
    if filter_ >= (row.neurons or 0):
        return None
    marks = load_marks(run, layer, None)
    at, rank = _rank(run, row, filter_, focus)
    weights, classes, best, note = _look_inside(run, row, filter_, focus)
    return FilterFacts(
        run.name,
        "×".join(map(str, row.shape or ())),
        row.neurons or 0,
        tuple(WORDS[name] for name in MARKS if getattr(marks, name)[filter_]),
        at,
        rank,
        sum(one.neurons or 0 for one in list_layers(run)),
        tuple(_curves(run, row, filter_)),
        weights,
        classes,
        best,
        note,
    )


def load_hover(name: str, layer: str, filter_: int, step: int, quantity: str) -> FilterHover | None:
    """Load what the tooltip says of a filter at a recorded step; None where a run has no such filter."""
    run = open_run(name)
    if not has_filters(run, layer) or filter_ >= (find_layer(run, layer).neurons or 0):
        return None
    row = find_layer(run, layer)
    at, rank = _rank(run, row, filter_, step)
    weights, _, _, note = _look_inside(run, row, filter_, step)
    column = QUANTITIES[quantity].column
    names = sorted({column, "change", "relative"})
    found = {name: _read_at(run, row, filter_, step, name) for name in names}
    shown = derive_quantity(quantity, {column: np.array(found[column])}, _weights_each(row))
    return FilterHover(
        QUANTITIES[quantity].label,
        float(shown),
        found["change"],
        found["relative"],
        rank if at == step else None,
        sum(one.neurons or 0 for one in list_layers(run)),
        weights,
        note,
    )


def _read_at(run: Run, row: LayerRow, filter_: int, step: int, column: str) -> float:
    for series in series_of(column):
        values = read_filter_statistics(run, row.layer, [column], series, step, step).values
        if len(values[column]) and not np.isnan(values[column]).all():
            return float(values[column][0, filter_])
    return float("nan")


def _weights_each(row: LayerRow) -> int:
    return row.weights // max(1, row.neurons or 1)


def _rank(
    run: Run, row: LayerRow, filter_: int, focus: int | None
) -> tuple[int | None, int | None]:
    at = find_steps(run, [] if focus is None else [focus], "change")
    if not at:
        return None, None
    ranked = rank_step(run, at[0], "change", 10**9)
    found = np.flatnonzero((ranked[:, 0] == row.layer) & (ranked[:, 1] == filter_))
    return at[0], int(found[0]) + 1 if len(found) else None


def _curves(run: Run, row: LayerRow, filter_: int) -> Iterator[FilterCurve]:
    courses = read_filter_course(run, row.layer, filter_)
    for name in CURVES:
        quantity = QUANTITIES[name]
        for series in series_of(quantity.column):
            if series not in courses:
                continue
            course = courses[series]
            values = course.values[quantity.column]
            if np.isfinite(values).any():
                # From the first number on, what is none is a number that broke.
                start = int(np.flatnonzero(~np.isnan(values))[0])
                yield FilterCurve(
                    name, quantity.label, quantity.unit, course.steps[start:], values[start:]
                )
                break


Inside = tuple[FilterWeights | None, FilterClasses | None, tuple[BestImage, ...], str]


def _look_inside(run: Run, row: LayerRow, filter_: int, focus: int | None) -> Inside:
    snapshots = list_snapshots(run)
    if not len(snapshots):
        note = "This run has no snapshots: no weights, classes or images of single filters."
        return None, None, (), note
    place = len(snapshots) if focus is None else np.searchsorted(snapshots, focus, side="right")
    step = int(snapshots[max(0, int(place) - 1)])
    named = {one.layer: one.name for one in run.layers}
    owner = named.get(row.tied_to, row.name) if row.tied_to is not None else row.name
    weight = f"parameters/{owner}.weight" if owner else "parameters/weight"
    parts = [f"layers/{row.layer}/{part}" for part in _PARTS]
    found = read_tensors(run, step, [weight, *parts])
    weights = _weights(found.get(weight), row, filter_, step)
    note = "" if weights else f"The snapshot of step {step:,} holds no weights of this layer alone."
    inside = {part: found[key] for part, key in zip(_PARTS, parts, strict=True) if key in found}
    return weights, _classes(run, inside, filter_, step), _best(run, inside, filter_), note


_PARTS = ("class_mean_after", "class_count", "best_image", "best_value", "best_row", "best_column")


def _weights(
    weight: np.ndarray | None, row: LayerRow, filter_: int, step: int
) -> FilterWeights | None:
    neurons = row.neurons or 0
    if weight is None or not weight.size or not weight.ndim:
        return None
    transposed = "Transpose" in row.type
    own = weight.shape[1] if transposed and weight.ndim > 1 else weight.shape[0]
    if neurons % own or (not transposed and own != neurons):
        return None
    kernels = arrange_kernels(weight, filter_, transposed, neurons // own)
    order = order_kernels(kernels)
    if kernels[0].size == 1:
        order = np.arange(len(kernels))  # a bar: every channel, in its own place
    shown = order if kernels[0].size == 1 else order[:MOST_KERNELS]
    return FilterWeights(step, kernels[shown], shown, len(kernels))


def _classes(
    run: Run, inside: dict[str, np.ndarray], filter_: int, step: int
) -> FilterClasses | None:
    if "class_mean_after" not in inside:
        return None
    means = inside["class_mean_after"][:, filter_].astype(np.float64)
    known = np.flatnonzero(np.isfinite(means))
    order = known[np.argsort(-means[known], kind="stable")][:MOST_CLASSES]
    names = {class_: name for class_, name, _ in run.classes}
    words = tuple(names.get(class_, f"class {class_}") for class_ in order.tolist())
    return FilterClasses(step, words, means[order], len(means)) if len(order) else None


def _best(run: Run, inside: dict[str, np.ndarray], filter_: int) -> tuple[BestImage, ...]:
    if "best_image" not in inside:
        return ()
    pictured = set(read_pictured(run).tolist())
    columns = (
        inside[f"best_{part}"][filter_].tolist() for part in ("image", "value", "row", "column")
    )
    return tuple(
        BestImage(image, value, row, column, image in pictured)
        for image, value, row, column in zip(*columns, strict=True)
        if image >= 0 and np.isfinite(value)
    )

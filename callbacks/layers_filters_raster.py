"""Loads the filters of opened layers: one quantity, scaled and ordered alike for every chosen run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.filter_marks import FilterMarks
from analytics.filter_order import ORDERS, order_filters
from analytics.filter_quantities import QUANTITIES, Quantity, derive_quantity
from analytics.filter_scaling import SCALES, ScaledFilters, scale_filters
from analytics.row_bands import average_rows, band_size
from callbacks.layers_filters_candidates import Range
from callbacks.layers_filters_marks import SERIES, load_marks
from data.layers import FilterStatistics, read_filter_statistics
from data.store import Run, open_run
from figures.layers_filters import MARKS, LayerFilters, RunFilters

ROWS_AT_MOST = 2_048  # beyond, neighbouring filters share a row
NOISE = 1e-12  # 1 - cosine that float32 cannot tell from none
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class FilterView:
    """What the panel asks of the filters: which quantity, scaled and ordered how."""

    quantity: str = "change"
    by: str = "filter"
    order: str = "index"

    @classmethod
    def of(cls, quantity: str | None, by: str | None, order: str | None) -> "FilterView":
        """Take what a link says; what means nothing is left at its default."""
        plain = cls()
        return cls(
            quantity if quantity in QUANTITIES else plain.quantity,
            by if by in SCALES else plain.by,
            order if order in ORDERS else plain.order,
        )


@dataclass(frozen=True)
class FilterValues:
    """A quantity of a layer's filters, and how far they moved at the same steps."""

    steps: NDArray[np.int64]
    values: Doubles  # (filter, step)
    change: Doubles  # (filter, step)
    bad: NDArray[np.bool_]  # (filter, step) recorded, and not finite


def has_filters(run: Run, layer: str) -> bool:
    """Tell whether a run has a layer of this name, with filters."""
    return any(row.name == layer and row.kind == "layer" and row.neurons for row in run.layers)


def load_filters(
    names: Sequence[str], layer: str, view: FilterView, range_: Range
) -> LayerFilters | None:
    """Load the filters of a layer for a pixel chart; None where no chosen run has them.

    The first run that has the layer leads: its order is that of all.
    """
    runs = [open_run(name) for name in names]
    held = [run if has_filters(run, layer) else None for run in runs]
    if not any(held):
        return None
    values = [None if run is None else load_values(run, layer, view.quantity) for run in held]
    marks = [None if run is None else load_marks(run, layer, range_) for run in held]
    quantity = QUANTITIES[view.quantity]
    signed = _is_signed(quantity, [found for found in values if found])
    scaled = scale_together(values, view.by, signed, NOISE if view.quantity == "change" else 0.0)
    lead = next(run for run in held if run is not None)
    cut, rows = _arrange(values, scaled, _order(lead.name, lead.version, layer, view))
    band = band_size(len(rows), ROWS_AT_MOST)
    picked = [
        None if one is None or part is None or mark is None else _pick(one, part, mark, rows, cut)
        for one, part, mark in zip(values, scaled, marks, strict=True)
    ]
    return LayerFilters(
        layer,
        quantity.label,
        quantity.unit,
        signed,
        view.by,
        rows[::band],
        cut,
        band,
        tuple(picked),
    )


def series_of(column: str) -> tuple[str, ...]:
    """Return the series of recorded steps that a column is read from, the better one first."""
    # Changes are ranked and joined with flips since the validation before, so they are shown so, too.
    return SERIES[::-1] if column in ("change", "relative") else SERIES


def load_values(run: Run, layer: str, quantity: str) -> FilterValues:
    """Read a quantity of a layer's filters from the series that holds it."""
    return _values(run.name, run.version, layer, quantity)


@lru_cache(maxsize=12)
def _values(name: str, version: str, layer: str, quantity: str) -> FilterValues:
    run = open_run(name)
    column = QUANTITIES[quantity].column
    for series in series_of(column):
        found = read_filter_statistics(run, layer, sorted({column, "change"}), series)
        if np.isfinite(found.values[column]).any():
            break
    each = found.layer.weights // max(1, found.layer.neurons or 1)
    values = derive_quantity(quantity, found.values, each)
    bad = np.isnan(values) & _find_recorded(found, column)[:, None]
    return FilterValues(found.steps, values.T, found.values["change"].T.astype(np.float64), bad.T)


def _find_recorded(found: FilterStatistics, column: str) -> NDArray[np.bool_]:
    """Tell at which steps a column must hold numbers, so that none there is a broken one: (step,)."""
    if column in ("change", "relative"):
        return np.asarray(found.previous_steps >= 0)
    if column in ("mean", "sd", "min", "max", "l2"):
        return np.ones(len(found.steps), dtype=np.bool_)
    return np.asarray(np.isfinite(found.values[column]).any(1))


def _is_signed(quantity: Quantity, found: Sequence[FilterValues]) -> bool:
    # Outputs behind a rectifier never leave one side, and are not drawn as if they could.
    return quantity.signed and any(bool((one.values < 0).any()) for one in found)


def scale_together(
    values: Sequence[FilterValues | None], by: str, signed: bool, noise: float
) -> list[ScaledFilters | None]:
    """Scale several runs with the same ends; by step each has its own, as its steps are."""
    known = [one for one in values if one is not None]
    if by == "step" or len(known) == 1:
        return [
            None if one is None else scale_filters(one.values, by, signed, noise) for one in values
        ]
    most = max(len(one.values) for one in known)
    padded = [
        np.pad(one.values, ((0, most - len(one.values)), (0, 0)), constant_values=np.nan)
        for one in known
    ]
    together = scale_filters(np.concatenate(padded, axis=1), by, signed, noise)
    scaled: list[ScaledFilters | None] = []
    start = 0
    for one in values:
        if one is None:
            scaled.append(None)
            continue
        rows, steps = one.values.shape
        alone = scale_filters(
            one.values, by, signed, noise
        )  # what stands still, stands still in its run
        part = together.shares[:rows, start : start + steps]
        scaled.append(ScaledFilters(part, together.low, together.high, alone.flat, alone.noisy))
        start += steps
    return scaled


def _arrange(
    values: Sequence[FilterValues | None],
    scaled: Sequence[ScaledFilters | None],
    order: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut out the filters that stand still in every run; the others stand in the order of the first."""
    most = max(len(one.values) for one in values if one is not None)
    still = np.ones(most, dtype=np.bool_)
    for one, found in zip(values, scaled, strict=True):
        if one is not None and found is not None:
            still[: len(found.flat)] &= found.flat & ~one.bad.any(1)
    every = np.concatenate([order, np.arange(len(order), most)])
    return np.flatnonzero(still), every[~still[every]]


@lru_cache(maxsize=64)
def _order(name: str, version: str, layer: str, view: FilterView) -> NDArray[np.int64]:
    found = _values(name, version, layer, view.quantity)
    return order_filters(found.values, found.change, view.order)


def _pick(
    values: FilterValues,
    scaled: ScaledFilters,
    marks: FilterMarks,
    rows: NDArray[np.int64],
    cut: NDArray[np.int64],
) -> RunFilters:
    band = band_size(len(rows), ROWS_AT_MOST)
    shares = _take(scaled.shares, rows, np.nan)
    bad = _take(values.bad, rows, fill=False)
    if band > 1:
        bad = average_rows(bad.astype(np.float64), band) == 1
        shares = average_rows(shares, band)
    return RunFilters(
        values.steps,
        shares,
        bad,
        [] if band > 1 else list(_find_still(scaled, marks, rows)),
        ["frozen" if one < len(marks.frozen) and marks.frozen[one] else "flat" for one in cut],
        scaled.low,
        scaled.high,
        {name: np.flatnonzero(getattr(marks, name)) for name in MARKS},
        len(values.values),
    )


def _take(values: NDArray[Any], rows: NDArray[np.int64], fill: float) -> NDArray[Any]:
    # A run whose layer is narrower has no such rows.
    taken = np.full((len(rows), values.shape[1]), fill, dtype=values.dtype)
    known = rows < len(values)
    taken[known] = values[rows[known]]
    return taken


def _find_still(
    scaled: ScaledFilters, marks: FilterMarks, rows: NDArray[np.int64]
) -> Iterator[tuple[int, str]]:
    for row, filter_ in enumerate(rows.tolist()):
        if filter_ >= len(scaled.flat):
            continue
        if scaled.flat[filter_]:
            yield row, "frozen" if marks.frozen[filter_] else "flat"
        elif scaled.noisy[filter_]:
            yield row, "noisy"

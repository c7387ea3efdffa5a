"""Loads the marks of a layer's filters, each once per version of the run."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.filter_marks import (
    FilterMarks,
    FilterMoves,
    find_decay_only,
    find_frozen,
    find_inactive,
    find_over_active,
    mark_filters,
)
from callbacks.layers_filters_candidates import Range, find_candidates, find_last_drop
from data.layers import FilterStatistics, find_layer, read_filter_statistics
from data.store import Run, open_run

SERIES = ("statistics", "validation")
MOVES = ("change", "relative", "l2")
OUTPUTS = ("activation_max", "activation_mean", "active_share")


def load_marks(run: Run, layer: str, range_: Range) -> FilterMarks:
    """Mark the filters of a layer over the recorded steps of a range, or over all of them."""
    row = find_layer(run, layer)
    if row.layer not in find_candidates(run, range_):
        nothing = np.zeros(row.neurons or 0, dtype=np.bool_)
        return FilterMarks(nothing, nothing, nothing, nothing)
    return _marks(run.name, run.version, layer, range_)


@lru_cache(maxsize=512)
def _marks(name: str, version: str, layer: str, range_: Range) -> FilterMarks:
    run = open_run(name)
    first, last = range_ or (None, None)
    moved = [read_filter_statistics(run, layer, MOVES, series, first, last) for series in SERIES]
    measured = [found for found in moved if len(found.steps) > 1]
    put_out = read_filter_statistics(run, layer, OUTPUTS, "validation", first, last)
    count = put_out.layer.neurons or 0
    moves = [_moves_of(found) for found in measured]
    frozen = np.logical_and.reduce([find_frozen(one) for one in moves]) if moves else None
    decays = np.logical_and.reduce([find_decay_only(one) for one in moves]) if moves else None
    nothing = np.zeros(count, dtype=np.bool_)
    return mark_filters(
        nothing if frozen is None else frozen,
        nothing if decays is None else decays,
        find_inactive(
            put_out.values["activation_max"],
            put_out.values["activation_mean"],
            bool(np.isfinite(put_out.values["active_share"]).any()),
        ),
        _find_over_active(run, measured, nothing),
    )


def _moves_of(found: FilterStatistics) -> FilterMoves:
    values = found.values
    return FilterMoves(
        found.steps, found.previous_steps, values["change"], values["relative"], values["l2"]
    )


def _find_over_active(
    run: Run, measured: list[FilterStatistics], nothing: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    if not measured:
        return nothing
    found = measured[-1]  # of the validated steps, where there are any
    return find_over_active(found.values["change"], found.steps, find_last_drop(run))

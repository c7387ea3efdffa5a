"""Reads what is known of the filters of layers over steps (indexes I_lf and I_if)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrays import Floats, Steps, sort_by, to_floats, to_matrix, to_steps
from data.conditions import Among, Between
from data.errors import NothingRecordedError
from data.memory import keep
from data.run_files import LayerRow, RunFiles
from epochscope.schema import TABLES

FILTER_COLUMNS = tuple(
    field.name for field in TABLES["filter_stat"].schema if pa.types.is_list(field.type)
)


@dataclass(frozen=True)
class FilterStatistics:
    """Statistics of every filter of one layer, at every recorded step of a series."""

    layer: LayerRow
    steps: Steps  # (step,)
    previous_steps: Steps  # (step,) -1 = none
    values: dict[str, NDArray[np.float32]]  # (step, filter) NaN where null


@dataclass(frozen=True)
class TopFilters:
    """The filters that changed most at one validated step, the most changed first."""

    layer: NDArray[np.int32]  # (rank,)
    filter: NDArray[np.int32]  # (rank,)
    change: Floats  # (rank,) 1 - cosine
    rank_layer: NDArray[np.int32]  # (rank,) from 1
    rank_all: NDArray[np.int32]  # (rank,) from 1


def find_layer(run: RunFiles, layer: int | str) -> LayerRow:
    """Return a layer by its index or name."""
    for row in run.layers:
        if layer in (row.layer, row.name):
            return row
    raise NothingRecordedError(f"The run {run.name!r} has no layer {layer!r}.")


@keep
def read_filter_statistics(
    run: RunFiles,
    layer: int | str,
    columns: Sequence[str],
    series: str = "statistics",
    first: int | None = None,
    last: int | None = None,
) -> FilterStatistics:
    """Read some statistics of every filter of a layer at the recorded steps first to last.

    columns are names of FILTER_COLUMNS; those not asked for are not read from disk.
    """
    unknown = [name for name in columns if name not in FILTER_COLUMNS]
    if unknown:
        raise ValueError(f"a filter statistic is one of {FILTER_COLUMNS}, got {unknown[0]!r}")
    row = find_layer(run, layer)
    table = run.look_up(
        "filter_stat",
        ["step", "previous_step", *columns],
        {"layer": Among([row.layer]), "series": Among([series])},
        (first, last),
    )
    table = sort_by(table, "step")
    return FilterStatistics(
        layer=row,
        steps=to_steps(table["step"]),
        previous_steps=to_steps(table["previous_step"]),
        values={name: _to_floats32(table[name], row.neurons or 0) for name in columns},
    )


@keep
def read_top_filters(run: RunFiles, step: int, count: int = 100) -> TopFilters:
    """Read the filters that changed most at a validated step; exact up to 512 of all."""
    columns = [field.name for field in fields(TopFilters)]
    table = run.look_up("filter_top", columns, {"rank_all": Between(1, count)}, (step, step))
    table = sort_by(table, "rank_all")
    return TopFilters(
        layer=table["layer"].to_numpy(),
        filter=table["filter"].to_numpy(),
        change=to_floats(table["change"]),
        rank_layer=table["rank_layer"].to_numpy(),
        rank_all=table["rank_all"].to_numpy(),
    )


def _to_floats32(column: pa.ChunkedArray, width: int) -> NDArray[np.float32]:
    return to_matrix(column, width, np.nan).astype(np.float32, copy=False)

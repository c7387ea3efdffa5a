"""Reads filters across the layers of a run: all of them at one step, some of them at every step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.arrays import Floats, Steps, to_floats, to_steps
from data.run_files import RunFiles

MEASURES = ("change", "relative")


@dataclass(frozen=True)
class NetworkChanges:
    """How far every filter of the network moved at one validated step."""

    layer: NDArray[np.int32]  # (filter,)
    filter: NDArray[np.int32]  # (filter,) its index in the layer
    change: Floats  # (filter,) NaN where it is not measured


@dataclass(frozen=True)
class FilterCourses:
    """How far some filters moved at every validated step."""

    steps: Steps  # (step,)
    change: NDArray[np.float32]  # (place, step) NaN where it is not measured


def read_changes_at(run: RunFiles, step: int, measure: str = "change") -> NetworkChanges:
    """Read the change of every filter at one validated step; empty where none was validated."""
    table = run.fetch("filter_changes_at", "filter_stat", (step, step), step=step)
    table = table.filter(pc.is_valid(table[_check(measure)]))
    lists = table[measure].combine_chunks()
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    layers = np.repeat(table["layer"].to_numpy(), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    filters = (np.arange(len(layers)) - starts).astype(np.int32)
    values = lists.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
    return NetworkChanges(layers, filters, values)


def read_filter_courses(
    run: RunFiles,
    layers: Sequence[int] | NDArray[np.integer],
    filters: Sequence[int] | NDArray[np.integer],
    measure: str = "change",
) -> FilterCourses:
    """Read the changes of the filters (layer, filter) at every validated step."""
    _check(measure)
    table = run.fetch(
        "filter_courses",
        "filter_stat",
        layers=[int(layer) for layer in layers],
        filters=[int(filter_) for filter_ in filters],
        measure=measure,
    )
    rows = to_steps(table["step"])
    steps = np.unique(rows)
    change = np.full((len(layers), len(steps)), np.nan, dtype=np.float32)
    change[table["place"].to_numpy(), np.searchsorted(steps, rows)] = to_floats(table["change"])
    return FilterCourses(steps, change)


def read_largest_changes(run: RunFiles, measure: str = "change") -> tuple[Steps, Floats]:
    """Read the largest change of any filter at every validated step: steps and (step,)."""
    if _check(measure) == "change":
        table = run.remember("largest turns", lambda: run.fetch("largest_turns", "filter_top"))
    else:
        table = run.remember("largest moves", lambda: _fetch_moves(run))
    return to_steps(table["step"]), to_floats(table["change"])


@dataclass(frozen=True)
class FilterCourse:
    """Everything recorded of one filter in one series of steps."""

    steps: Steps  # (step,)
    previous_steps: Steps  # (step,) -1 = none
    values: dict[str, Floats]  # (step,) by the columns of the table; NaN where null


def read_filter_course(run: RunFiles, layer: int, filter_: int) -> dict[str, FilterCourse]:
    """Read everything recorded of one filter, by series."""
    table = run.fetch("filter_course", "filter_stat", layer=layer, filter=filter_)
    series = np.array(table["series"].to_pylist(), dtype=np.str_)
    steps, previous = to_steps(table["step"]), to_steps(table["previous_step"])
    values = {
        name: to_floats(table[name])
        for name in table.column_names
        if name not in ("series", "step", "previous_step")
    }
    return {
        str(name): FilterCourse(
            steps[series == name],
            previous[series == name],
            {column: found[series == name] for column, found in values.items()},
        )
        for name in np.unique(series)
    }


@dataclass(frozen=True)
class FilterProbe:
    """How the filters of one layer stood at one step."""

    layer: int
    series: str
    step: int
    change: Floats | None  # (filter,) None where it is not recorded
    relative: Floats | None
    activation_max: Floats | None


def read_filter_probes(run: RunFiles, steps: Sequence[int]) -> list[FilterProbe]:
    """Read what tells whether filters stand still, of all layers at a few steps."""
    table = run.fetch("filter_probes", "filter_stat", at=list(steps))
    columns = ("change", "relative", "activation_max")
    return [
        FilterProbe(
            row["layer"],
            row["series"],
            row["step"],
            *(None if row[name] is None else np.array(row[name], np.float64) for name in columns),
        )
        for row in table.to_pylist()
    ]


def count_leading_filters(
    run: RunFiles, after: int, last: int, sizes: dict[int, int]
) -> list[tuple[int, int, int, int]]:
    """Count how often filters led their layer after a step, up to the last: (layer, filter, times, steps).

    sizes says by layer how many filters lead it.
    """
    table = run.fetch(
        "leading_filters",
        "filter_top",
        after=after,
        last=last,
        layers=list(sizes),
        sizes=list(sizes.values()),
    )
    columns = (table[name].to_pylist() for name in ("layer", "filter", "times", "steps"))
    return list(zip(*columns, strict=True))


def _fetch_moves(run: RunFiles) -> pa.Table:
    return run.fetch("largest_moves", "filter_stat")


def _check(measure: str) -> str:
    if measure not in MEASURES:
        raise ValueError(f"a filter's change is one of {MEASURES}, got {measure!r}")
    return measure

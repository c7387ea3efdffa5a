"""Reads statistics of layers and modules, several at once, on the steps of their run (index I_ls)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrays import Floats, Steps, name_window, to_floats, to_matrix, to_steps
from data.conditions import Among
from data.digests import read_digest
from data.memory import keep
from data.run_files import RunFiles
from epochscope.schema import CHANGE_THRESHOLDS

BINS = 64
LISTS = {"bins": BINS, "change_share": CHANGE_THRESHOLDS}
SERIES_COLUMNS = (
    "count", "nan", "pos_inf", "neg_inf", "min", "q25", "median", "q75", "max", "mean", "sd", "l0",
    "l1", "l2", "lo", "hi", "relative", "gradient_update_l2", "decay_update_l2", *LISTS,
)  # fmt: skip


@dataclass(frozen=True)
class LayerSeries:
    """Statistics of several layers' tensors of one kind; a layer without any row is left out."""

    layers: NDArray[np.int32]  # (layer,) rows of the table layers, as asked for
    steps: Steps  # (step,) every step at which anything of the series was recorded
    columns: dict[str, Floats]  # (layer, step), lists (layer, step, entry); NaN where null

    def of(self, layer: int) -> dict[str, Floats] | None:
        """Return the columns of one layer, each (step,) or (step, entry); None without rows."""
        places = np.flatnonzero(self.layers == layer)
        if not len(places):
            return None
        return {name: values[places[0]] for name, values in self.columns.items()}


def read_statistics_steps(run: RunFiles) -> tuple[str, Steps]:
    """Read the series that the statistics of layers come from, and its recorded steps.

    That is 'statistics', or 'validation' in a run that recorded statistics only then. The ends of
    what a damaged file held are steps as well, or its neighbours would stretch over the gap.
    """
    return run.remember("statistics steps", lambda: _read_statistics_steps(run))


def _read_statistics_steps(run: RunFiles) -> tuple[str, Steps]:
    steps: dict[str, set[int]] = {"statistics": set(), "validation": set()}
    for row in read_digest(run, "step_digest"):
        steps[row["series"]].add(row["step"])
    series = "statistics" if steps["statistics"] else "validation"
    lost = {
        step
        for damage in run.damaged()
        if damage.table == "layer_stat"
        for step in (damage.first, damage.last)
        if step is not None
    }
    return series, np.array(sorted(steps[series] | lost), np.int64)


@keep
def read_layer_series(
    run: RunFiles,
    layers: Sequence[int],
    kind: str,
    columns: Sequence[str],
    first: int | None = None,
    last: int | None = None,
) -> LayerSeries:
    """Read some columns of several layers, at once, at the recorded steps first to last.

    columns are names of SERIES_COLUMNS; those not asked for are not read from disk.
    """
    unknown = [name for name in columns if name not in SERIES_COLUMNS]
    if unknown:
        raise ValueError(f"a column is one of {SERIES_COLUMNS}, got {unknown[0]!r}")
    series, steps = read_statistics_steps(run)
    window = name_window(first, last)
    steps = steps[(steps >= window["first"]) & (steps <= window["last"])]
    table = run.look_up(
        "layer_stat",
        ["layer", "step", *columns],
        {"layer": Among(list(layers)), "kind": Among([kind]), "series": Among([series])},
        (first, last),
    )
    return _align(table, layers, steps, columns)


def _align(
    table: pa.Table, layers: Sequence[int], steps: Steps, columns: Sequence[str]
) -> LayerSeries:
    layer, step = to_steps(table["layer"]), to_steps(table["step"])
    found = np.unique(layer)
    kept = np.array([each for each in layers if each in found], np.int32)
    at = np.searchsorted(steps, step)
    # A file may have been committed since the steps were read.
    known = at < len(steps)
    known[known] = steps[at[known]] == step[known]
    if not known.all():
        table, layer, at = table.filter(pa.array(known)), layer[known], at[known]
    order = np.argsort(kept)
    cells = order[np.searchsorted(kept[order], layer)] * len(steps) + at
    shape = len(kept), len(steps)
    # Most often there is one row for each layer and step, in order.
    whole = len(cells) == len(kept) * len(steps) and bool((np.diff(cells) == 1).all())
    return LayerSeries(
        kept,
        steps,
        {name: _spread(table[name], name, None if whole else cells, shape) for name in columns},
    )


def _spread(
    column: pa.ChunkedArray, name: str, cells: Steps | None, shape: tuple[int, int]
) -> Floats:
    width = (LISTS[name],) if name in LISTS else ()
    found = _to_lists(column, LISTS[name]) if name in LISTS else to_floats(column)
    if cells is None:
        return found.reshape(*shape, *width)
    values = np.full((shape[0] * shape[1], *width), np.nan)
    values[cells] = found
    return values.reshape(*shape, *width)


def _to_lists(column: pa.ChunkedArray, width: int) -> Floats:
    null = column.is_null().to_numpy()
    lists = to_matrix(column, width, 0).astype(np.float64)
    lists[null] = np.nan
    return np.asarray(lists)

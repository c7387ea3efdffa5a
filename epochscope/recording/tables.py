"""The rows of one recorded step, as the tables of the schema."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from epochscope.recording.activations import Measured
from epochscope.recording.changes import Change
from epochscope.recording.layers import Layer
from epochscope.recording.pooling import Part, Parts, pool_parts
from epochscope.recording.statistics import Rows, Whole
from epochscope.scales import encode_change
from epochscope.schema import TABLES

TOP_OF_LAYER = 64
TOP_OF_ALL = 512
POOLED_KINDS = ("weight", "gradient", "update", "activation")

Row = dict[str, object]
_WHOLE = tuple(one.name for one in fields(Whole) if one.name != "ordered")


class Tables:
    """Collects the rows of one recorded step of one series."""

    def __init__(self, step: int, series: str) -> None:
        """Start empty."""
        self._step = step
        self._series = series
        self.previous: int | None = None  # step of the row before, of the layer being added
        self._layer_rows: list[Row] = []
        self._filter_rows: list[Row] = []
        self._parts = Parts()
        self._changes: list[tuple[int, NDArray[np.float64]]] = []

    def add_layer(self, layer: Layer, kind: str, whole: Whole) -> None:
        """Add a row of layer_stat."""
        part = Part(whole, self.previous)
        self._add_row(layer.index, kind, part)
        self._parts.add(kind, layer.index, part)

    def add_weights(self, layer: Layer, part: Part, change: Change | None) -> None:
        """Add the row of a layer's weights."""
        row = self._add_row(layer.index, "weight", part)
        if change is not None:
            row["change"] = None if layer.kind == "normalisation" else change.layer
            row["relative"] = change.layer_relative
        self.keep_weights(layer, part)

    def keep_weights(self, layer: Layer, part: Part) -> None:
        """Let weights count in the modules around the layer, whether they get a row or not."""
        self._parts.add("weight", layer.index, part)

    def add_module(self, module: int, layers: Sequence[int]) -> None:
        """Add the rows of a module: the values of its layers, pooled."""
        for kind in POOLED_KINDS:
            parts = self._parts.of(kind, layers)
            if not parts:
                continue
            pooled = pool_parts(parts)
            row = self._add_row(module, kind, pooled)
            if pooled.lengths is not None:
                row["change"], row["relative"] = pooled.lengths.measure()

    def _add_row(self, index: int, kind: str, part: Part) -> Row:
        whole = part.whole
        row: Row = {name: getattr(whole, name) for name in _WHOLE}
        row |= {"step": self._step, "layer": index, "kind": kind, "series": self._series}
        row |= {"lo": whole.min, "hi": whole.max, "previous_step": part.previous}
        row["gradient_update_l2"], row["decay_update_l2"] = part.updates
        row["change_share"] = part.share
        self._layer_rows.append(row)
        return row

    def add_filters(
        self,
        layer: Layer,
        rows: Rows,
        change: Change | None,
        gradient: Rows | None,
        active: Measured | None,
    ) -> None:
        """Add a row of filter_stat: lists over the filters of the layer."""
        row: Row = {"step": self._step, "layer": layer.index, "series": self._series}
        row |= {"previous_step": self.previous}
        row |= {name: getattr(rows, name) for name in ("mean", "sd", "min", "max", "l2")}
        if change is not None:
            row["relative"] = change.relative
            if layer.kind != "normalisation":  # one number has no direction
                row["change"] = change.filters
                row["change_px"] = encode_change(change.filters).tobytes()
                self._changes.append((layer.index, change.filters))
        if gradient is not None:
            row["gradient_l2"] = gradient.l2
        if active is not None:
            row |= {"activation_mean": active.mean, "activation_max": active.max}
            row["active_share"] = active.active_share
        self._filter_rows.append(row)

    def build(self) -> dict[str, pa.Table]:
        """Return the tables that hold rows."""
        tables = {
            "layer_stat": _table("layer_stat", self._layer_rows),
            "filter_stat": _table("filter_stat", self._filter_rows),
        }
        if self._series == "validation" and self._changes:
            tables["filter_top"] = rank_changes(self._step, self._changes)
        return {name: table for name, table in tables.items() if table.num_rows}


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = TABLES[name].schema
    columns = [[_plain(row.get(field.name)) for row in rows] for field in schema]
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _plain(value: object) -> object:
    # float64 -> float32 may overflow only where the value itself was close to it.
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        with np.errstate(over="ignore"):
            return value.astype(np.float32)
    return value


def rank_changes(step: int, changes: Sequence[tuple[int, NDArray[np.float64]]]) -> pa.Table:
    """Rank the filters by change: the top 64 of each layer and the top 512 overall.

    Ties stand in the order of layer, then filter; filters that did not change are not ranked.
    """
    layer = np.concatenate([np.full(len(values), index, np.int32) for index, values in changes])
    filter_ = np.concatenate([np.arange(len(values), dtype=np.int32) for _, values in changes])
    change = np.concatenate([values for _, values in changes])
    kept = change > 0
    layer, filter_, change = layer[kept], filter_[kept], change[kept]
    order = np.lexsort((filter_, layer, -change))
    layer, filter_, change = layer[order], filter_[order], change[order]
    rank_layer = np.zeros(len(order), np.int32)
    for index in np.unique(layer):
        mine = layer == index
        rank_layer[mine] = np.arange(1, mine.sum() + 1)
    rank_all = np.arange(1, len(order) + 1, dtype=np.int32)
    chosen = (rank_layer <= TOP_OF_LAYER) | (rank_all <= TOP_OF_ALL)
    columns = {
        "step": np.full(chosen.sum(), step, np.int64),
        "layer": layer[chosen],
        "filter": filter_[chosen],
        "change": change[chosen].astype(np.float32),
        "rank_layer": rank_layer[chosen],
        "rank_all": rank_all[chosen],
    }
    return pa.table(columns, schema=TABLES["filter_top"].schema)

"""Puts the rows of layer_stat of a recorded step, described kind by kind, into one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.paper_log.arrays import cut_where
from epochscope.schema import CHANGE_THRESHOLDS, TABLES

_SCHEMA = TABLES["layer_stat"].schema
_COUNTS = ("nan", "pos_inf", "neg_inf")
_FLOATS = tuple(field.name for field in _SCHEMA if field.type == pa.float32())


@dataclass(frozen=True)
class Part:
    """The rows of one kind and series: columns are (row,), lists (row, place); those left out are null."""

    kind: str
    series: str
    nodes: NDArray[np.int64]  # rows of the table layers
    columns: Mapping[str, NDArray[np.generic]]


def build_layer_stat(step: int, previous: int | None, parts: Sequence[Part]) -> pa.Table:
    """Return the rows of all parts; those of activations have no step before."""
    sizes = [len(part.nodes) for part in parts]
    total = sum(sizes)
    compared = np.repeat([part.kind != "activation" for part in parts], sizes)

    def join(name: str) -> NDArray[np.generic]:
        return np.concatenate([part.columns[name] for part in parts])

    columns: dict[str, pa.Array] = {
        "step": pa.array(np.full(total, step)),
        "layer": pa.array(np.concatenate([part.nodes for part in parts]), pa.int32()),
        "kind": pa.array(np.repeat([part.kind for part in parts], sizes), pa.string()),
        "series": pa.array(np.repeat([part.series for part in parts], sizes), pa.string()),
        "count": pa.array(join("count"), pa.int64()),
        "sampled": pa.array(join("sampled")),
        **dict.fromkeys(_COUNTS, pa.array(np.zeros(total, np.int64))),
        "bins": _build_lists("bins", parts, np.zeros((0, 64), np.uint32)),
        "change_share": _build_lists(
            "change_share", parts, np.zeros((0, CHANGE_THRESHOLDS), np.float32)
        ),
    }
    before = np.full(total, previous or 0)
    columns["previous_step"] = pa.array(before, mask=~compared | (previous is None))
    for name in _FLOATS:
        given = [part.columns.get(name, np.full(len(part.nodes), np.nan)) for part in parts]
        values = np.concatenate(given).astype(np.float32)
        columns[name] = pa.array(values, from_pandas=True)  # NaN: not measured
    return pa.table([columns[field.name] for field in _SCHEMA], schema=_SCHEMA)


def _build_lists(name: str, parts: Sequence[Part], empty: NDArray[np.generic]) -> pa.ListArray:
    sizes = [len(part.nodes) for part in parts]
    shown = np.repeat([name in part.columns for part in parts], sizes)
    given = [part.columns[name] for part in parts if name in part.columns]
    values = np.concatenate([empty, *given]).astype(empty.dtype)
    return cut_where(values, np.full(len(shown), empty.shape[1]), shown)

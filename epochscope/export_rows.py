"""The rows of every table of a run, as export gives them back: Parquet files and journal tail."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from epochscope.log_files import LogError
from epochscope.log_reader import read_file, read_log, read_run_facts, read_table, read_tail
from epochscope.log_state import LogFile, LogState, Problem
from epochscope.schema import JOURNALLED, META, TABLES
from epochscope.table_files import SNAPSHOT

KEYS = pa.schema([("key", pa.string()), ("value", pa.string())])  # value: JSON text
TENSORS = pa.schema(
    [
        ("step", pa.int64()),  # null for inputs
        ("name", pa.string()),
        ("dtype", pa.string()),  # as safetensors spells it; JSON for the metadata
        ("shape", pa.list_(pa.int64())),
        ("values", pa.list_(pa.float64())),  # in row-major order
        ("text", pa.string()),  # the metadata, as JSON text
    ]
)
ALIASES = {"train/loss": "loss"}  # the names that step(loss=...) was called with

_FORMATS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


@dataclass(frozen=True)
class Rows:
    """A table to export; reading it appends what is damaged to damage."""

    schema: pa.Schema
    tables: Iterator[pa.Table]
    damage: list[Problem]


def read_rows(folder: Path, table: str) -> Rows:
    """Return the rows of one table: a table of the schema, snapshot, graph, inputs, run, or loss.

    A file that is no longer there raises FileNotFoundError: begin anew with a fresh log.
    """
    damage: list[Problem] = []
    state = read_log(folder)
    damage.extend(state.problems)
    if table == "run":
        facts = read_run_facts(folder)
        return Rows(KEYS, iter([_key_values(facts)]), damage)
    if table == "graph":
        return Rows(KEYS, _each(folder, state, table, damage, _read_graph), damage)
    if table in (SNAPSHOT, "inputs"):
        return Rows(TENSORS, _each(folder, state, table, damage, _read_tensors), damage)
    if table == "scalar" or table in ALIASES.values():
        schema = TABLES["scalar"].schema.append(pa.field("alias", pa.string()))
        return Rows(schema, _read_scalars(folder, state, table, damage), damage)
    if table in META or table in TABLES:
        schema = (META.get(table) or TABLES[table]).schema
        return Rows(schema, _read_table_rows(folder, state, table, damage), damage)
    names = [*META, *TABLES, SNAPSHOT, "graph", "inputs", "run", *ALIASES.values()]
    raise LogError(f"there is no table {table!r}; choose one of {', '.join(names)}")


def _each(
    folder: Path,
    state: LogState,
    table: str,
    damage: list[Problem],
    read: Callable[[Path, LogFile], Iterator[pa.Table]],
) -> Iterator[pa.Table]:
    for file in sorted(state.of(table), key=lambda file: (file.step_min or 0, file.path)):
        try:
            yield from read(folder, file)
        except (LogError, pa.ArrowInvalid, ValueError, KeyError) as error:
            reason = str(error).removeprefix(f"{file.path} ")
            damage.append(Problem(file.path, reason, file.describe()))


def _read_table_rows(
    folder: Path, state: LogState, table: str, damage: list[Problem]
) -> Iterator[pa.Table]:
    yield from _each(folder, state, table, damage, _read_whole)
    if table not in JOURNALLED:
        return
    tail = read_tail(folder, state)
    for part in tail.parts:
        for gap in part.gaps:
            reason = f"is damaged in bytes {gap.start} to {gap.end}"
            damage.append(Problem(part.path, reason, "rows of scalar or event"))
    yield tail.scalars if table == "scalar" else tail.events


def _read_scalars(
    folder: Path, state: LogState, table: str, damage: list[Problem]
) -> Iterator[pa.Table]:
    for rows in _read_table_rows(folder, state, "scalar", damage):
        names = rows.column("name")
        alias = pa.nulls(len(names), pa.string())
        for name, short in ALIASES.items():
            alias = pc.if_else(pc.equal(names, name), short, alias)
        named = rows.append_column("alias", alias)
        yield named if table == "scalar" else named.filter(pc.equal(named.column("alias"), table))


def _read_whole(folder: Path, file: LogFile) -> Iterator[pa.Table]:
    yield read_table(folder, file)


def _read_graph(folder: Path, file: LogFile) -> Iterator[pa.Table]:
    content = json.loads(read_file(folder, file))
    yield _key_values(content if isinstance(content, dict) else {"graph": content})


def _key_values(content: dict[str, object]) -> pa.Table:
    values = [json.dumps(value) for value in content.values()]
    return pa.table([list(content), values], schema=KEYS)


def _read_tensors(folder: Path, file: LogFile) -> Iterator[pa.Table]:
    data = read_file(folder, file)
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    for name, entry in header.items():  # a tensor at a time: together they may not fit
        row = {"step": file.step_min, "name": name}
        if name == "__metadata__":
            row |= {"dtype": "JSON", "text": json.dumps(entry)}
        else:
            first, last = entry["data_offsets"]
            row |= {key: entry[key] for key in ("dtype", "shape")}
            row["values"] = _numbers(data[start + first : start + last], entry["dtype"])
        yield pa.Table.from_pylist([row], TENSORS)


def _numbers(data: bytes, dtype: str) -> NDArray[np.float64]:
    if dtype == "BF16":  # the upper half of a float32
        wide = np.frombuffer(data, "<u2").astype(np.uint32) << 16
        return wide.view(np.float32).astype(np.float64)
    if dtype not in _FORMATS:
        raise ValueError(f"holds numbers of the unknown type {dtype!r}")
    return np.frombuffer(data, _FORMATS[dtype]).astype(np.float64)

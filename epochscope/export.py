"""Gives a table of a run back as CSV, JSON lines or Parquet, so that no data is locked in."""

import base64
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from epochscope.export_rows import Rows, read_rows
from epochscope.log_files import LogError
from epochscope.log_reader import is_run
from epochscope.log_state import Problem

BATCH = 1_000  # rows turned into text at a time

Write = Callable[[Rows, IO[bytes]], None]


def export(folder: Path, table: str, out: Path | None, screen: IO[bytes]) -> list[Problem]:
    """Write a table to out, by its suffix, or as CSV to screen; return what was damaged.

    NaN, Infinity and -Infinity are written as these words, null as an empty cell (CSV) or
    null; lists are JSON text in CSV, times ISO 8601, bytes base64.
    """
    write = _choose(out)
    if not is_run(folder):
        raise LogError(f"the folder {str(folder)!r} holds no run; name one that holds run.json")
    if out is not None and not out.parent.is_dir():
        raise LogError(f"there is no folder {str(out.parent)!r} to write {out.name!r} to; make it")
    beside = None if out is None else out.parent
    with tempfile.TemporaryDirectory(dir=beside, prefix=".export-") as scratch:
        whole = Path(scratch) / "rows"
        damage = _write_once_or_again(folder, table, write, whole)
        if out is not None:
            whole.replace(out)
            return damage
        with whole.open("rb") as file:
            shutil.copyfileobj(file, screen)
    return damage


def _write_once_or_again(folder: Path, table: str, write: Write, path: Path) -> list[Problem]:
    # A run that is being compacted may lose a file under our eyes: the fresh log names others.
    for last_try in (False, True):
        rows = read_rows(folder, table)
        try:
            with path.open("wb") as file:
                write(rows, file)
            break
        except FileNotFoundError as error:
            if last_try:
                raise LogError(
                    f"{error.filename} is missing; find what is lost with"
                    f" python -m epochscope verify {folder}"
                ) from error
    return rows.damage


def _choose(out: Path | None) -> Write:
    if out is None or out.suffix == ".csv":
        return _write_csv
    if out.suffix == ".jsonl":
        return _write_jsonl
    if out.suffix == ".parquet":
        return _write_parquet
    raise LogError(f"the suffix of {out.name!r} is none of .csv, .jsonl and .parquet; change it")


def _write_parquet(rows: Rows, file: IO[bytes]) -> None:
    with pq.ParquetWriter(file, rows.schema, compression="zstd") as writer:
        for table in rows.tables:
            writer.write_table(table.cast(rows.schema))


def _write_jsonl(rows: Rows, file: IO[bytes]) -> None:
    for row in _each_row(rows):
        line = dict(zip(rows.schema.names, row, strict=True))
        file.write(json.dumps(line, allow_nan=False).encode() + b"\n")


def _write_csv(rows: Rows, file: IO[bytes]) -> None:
    file.write(",".join(rows.schema.names).encode() + b"\n")
    floats = [pa.types.is_floating(type_) for type_ in rows.schema.types]
    for row in _each_row(rows):
        cells = (_cell(value, is_float) for value, is_float in zip(row, floats, strict=True))
        file.write(",".join(cells).encode() + b"\n")


def _cell(value: Any, is_float: bool) -> str:
    if value is None:
        return ""
    if is_float:
        return str(value)
    if isinstance(value, str):
        return _quote(value)  # always: an empty text is not null
    text = json.dumps(value, allow_nan=False)
    return _quote(text) if isinstance(value, list) else text


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _each_row(rows: Rows) -> Iterator[tuple[Any, ...]]:
    plain = [_plain(type_) for type_ in rows.schema.types]
    for table in rows.tables:
        for batch in table.to_batches(max_chunksize=BATCH):
            columns = [
                [None if value is None else turn(value) for value in column.to_pylist()]
                for column, turn in zip(batch.columns, plain, strict=True)
            ]
            yield from zip(*columns, strict=True)


def _plain(type_: pa.DataType) -> Callable[[Any], Any]:
    """Return what turns a Python value of that type into one that JSON has."""
    if pa.types.is_list(type_):
        each = _plain(type_.value_type)
        return lambda values: [None if value is None else each(value) for value in values]
    if pa.types.is_floating(type_):
        return _number
    if pa.types.is_timestamp(type_):
        return datetime.isoformat
    if pa.types.is_binary(type_):
        return lambda data: base64.b64encode(data).decode()
    return lambda value: value


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"

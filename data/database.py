"""The DuckDB of this process: one root connection with limits, one cursor for each query."""

import atexit
import importlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.queries import load_query
from epochscope.schema import META, TABLES

# DuckDB alone would take 80 % of the machine's memory, in each process.
_MEMORY = "1GB"
THREADS = min(4, os.cpu_count() or 1)  # that one reading takes


def run_query(
    name: str, parameters: Mapping[str, object], tail: pa.Table | None = None
) -> pa.Table:
    """Run sql/<name>.sql and return its rows; `tail` is seen by the query under that name.

    Raises duckdb.Error, among other reasons where a file cannot be read.
    """
    with _cursor(tail) as cursor:
        rows = cursor.sql(_parse(name, os.getpid()), params=dict(parameters))
        try:
            # As a stream: to_arrow_table copies lists once more.
            return pa.table(rows)
        except (pa.ArrowException, OSError) as error:  # what a stream makes of DuckDB's own
            raise duckdb.Error(str(error)) from error


def describe_query(
    name: str, parameters: Mapping[str, object], tail: pa.Table | None = None
) -> list[tuple[str, str]]:
    """Return the names and types of the columns of sql/<name>.sql, as DuckDB writes them."""
    with _cursor(tail) as cursor:
        rows = cursor.sql(_parse(name, os.getpid()), params=dict(parameters))
        return [
            (column, str(type_)) for column, type_ in zip(rows.columns, rows.types, strict=True)
        ]


def read_limits() -> dict[str, str]:
    """Return the settings of DuckDB that bound this process."""
    with _cursor(None) as cursor:
        return dict(cursor.sql("SELECT name, value FROM duckdb_settings()").fetchall())


def empty_file(table: str) -> str:
    """Return the path of a Parquet file without rows that has the schema of a table.

    It stands first in every list of files: an empty list is an error in read_parquet, and the
    first file is the one whose schema counts. A `schema=map{…}` costs 1 to 4 ms per query.
    """
    return _write_empty_file(table, os.getpid())


@contextmanager
def _cursor(tail: pa.Table | None) -> Iterator[duckdb.DuckDBPyConnection]:
    # A cursor for each query: threads must not share a connection, and what is registered
    # on the root connection is invisible in its cursors.
    with _root(os.getpid()).cursor() as cursor:
        if tail is not None:
            cursor.register("tail", tail)
        yield cursor


@cache
def _parse(name: str, process: int) -> duckdb.Statement:
    (statement,) = _root(process).extract_statements(load_query(name))
    return statement


@cache
def _write_empty_file(table: str, process: int) -> str:
    # A cache holds no lock: requests that come first at once each write it, so it appears whole.
    path = _temporary_folder(process) / f"{table}.parquet"
    written = path.with_suffix(f".{threading.get_ident()}")
    schema = (META[table] if table in META else TABLES[table]).schema
    pq.write_table(schema.empty_table(), written)
    written.replace(path)
    return str(path)


@cache
def _root(process: int) -> duckdb.DuckDBPyConnection:
    # pyarrow would import pandas in the first request that needs it, and make it wait.
    importlib.import_module("pandas")
    connection = duckdb.connect(
        config={
            "memory_limit": _MEMORY,
            "threads": THREADS,
            "temp_directory": str(_temporary_folder(process)),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    return connection


@cache
def _temporary_folder(process: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"epochscope-{process}-"))
    atexit.register(_remove_own, folder, process)
    return folder


def _remove_own(folder: Path, process: int) -> None:
    # A forked worker inherits this registration; the folder is its parent's.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)

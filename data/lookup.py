"""Looks rows up by their keys: decodes only the row groups of Parquet files that may hold them.

DeepTracker's five indexes are such look-ups. DuckDB gives the same rows, but to plan a query anew
takes it longer than to read them. What needs more than keys, it is asked for: data/sql.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.arrays import Steps
from data.conditions import Condition, Mask
from data.database import THREADS
from data.footers import read_footer

_GROUPS_AT_LEAST = 4  # for a thread: to wake it takes longer than to decode fewer
_NEAR = 32 << 10  # bytes between two parts of a file that are read as one


def look_up(
    paths: Iterable[Path],
    schema: pa.Schema,
    columns: Sequence[str],
    where: Mapping[str, Condition],
) -> pa.Table:
    """Return some columns of the rows of files that meet every condition, in no order.

    schema is that of the table whose rows the files hold. Raises FileNotFoundError, OSError or
    pa.ArrowException where a file cannot be read.
    """
    parts = [part for path in paths for part in _plan(path, columns, where)]
    unsettled = [name for name in where if any(name in part.unsettled for part in parts)]
    needed = pa.schema([schema.field(name) for name in dict.fromkeys((*columns, *unsettled))])
    found = _read_all(parts, needed.names)
    # To cast what has its type already would take a millisecond for twenty columns.
    found = [rows if rows.schema.equals(needed) else rows.cast(needed) for rows in found]
    rows = pa.concat_tables(found or [needed.empty_table()])
    met = [where[name].find(rows[name]) for name in unsettled]
    rows = rows.select(columns)
    return _keep(rows, np.logical_and.reduce(met)) if met else rows


@dataclass(frozen=True)
class _Part:
    """Row groups of a file that one thread decodes."""

    path: Path
    metadata: pq.FileMetaData
    groups: Sequence[int]
    unsettled: Sequence[str]  # columns in which some rows may not meet their condition

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return columns of all its rows."""
        # Not mapped into memory: a file cut short under a reader would end the whole process.
        with pa.OSFile(str(self.path)) as source:
            file = pq.ParquetFile(source, metadata=self.metadata, pre_buffer=False)
            return file.read_row_groups(self.groups, columns, use_threads=False)


def _read_all(parts: Sequence[_Part], columns: Sequence[str]) -> list[pa.Table]:
    def read(own: Sequence[_Part]) -> list[pa.Table]:
        return [part.read(columns) for part in own]

    if len(parts) <= 1:
        return read(parts)
    # A share for each thread: to hand them files one by one takes longer than to read small ones.
    share = -(-len(parts) // THREADS)
    shares = [parts[first : first + share] for first in range(0, len(parts), share)]
    return [rows for own in _readers(os.getpid()).map(read, shares) for rows in own]


def _plan(path: Path, columns: Sequence[str], where: Mapping[str, Condition]) -> Iterator[_Part]:
    footer = read_footer(path)
    if missing := {*columns, *where} - footer.names:
        raise pa.ArrowInvalid(f"{str(path)!r} has no column {min(missing)!r}")
    groups, unsettled = footer.choose(where)
    most = max(_GROUPS_AT_LEAST, -(-len(groups) // THREADS))
    if len(groups) > most:
        _read_ahead(path, *footer.find_bytes(groups, {*columns, *unsettled}))
    for first in range(0, len(groups), most):
        yield _Part(path, footer.metadata, groups[first : first + most], unsettled)


def _read_ahead(path: Path, starts: Steps, ends: Steps) -> None:
    """Let the system read parts of a file while others are decoded: a cold one took twice as long."""
    if not hasattr(os, "posix_fadvise"):
        return  # macOS
    apart = np.flatnonzero(starts[1:] - ends[:-1] > _NEAR) + 1
    firsts, lasts = starts[np.append(0, apart)], ends[np.append(apart - 1, -1)]
    with path.open("rb") as file:
        for start, end in zip(firsts.tolist(), lasts.tolist(), strict=True):
            os.posix_fadvise(file.fileno(), start, end - start, os.POSIX_FADV_WILLNEED)


def _keep(rows: pa.Table, mask: Mask) -> pa.Table:
    places = np.flatnonzero(mask)
    if 2 * len(places) <= len(mask):
        # Copied: a few rows must not hold all of their row groups in memory.
        return rows.take(pa.array(places))
    if places[-1] - places[0] == len(places) - 1:
        return rows.slice(places[0], len(places))
    return rows.filter(pa.array(mask))


@cache
def _readers(process: int) -> ThreadPoolExecutor:
    # Threads do not survive a fork: each process has its own.
    return ThreadPoolExecutor(THREADS, f"look-ups of {process}")

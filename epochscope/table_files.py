"""Puts tables and bytes into a run folder under the names the layout gives them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from epochscope.log_files import checksum, short_id, sync_folder, write_whole
from epochscope.log_state import LogFile
from epochscope.parquet_files import encode, encode_parts

SNAPSHOTS = "snapshots"
SNAPSHOT = "snapshot"  # what commit records call the table of a snapshot file

RANK = 0  # the only rank that writes, until training on several machines is recorded


def write_rows(folder: Path, name: str, rows: pa.Table) -> LogFile:
    """Write rows, conforming to table name and not empty, as a new L0 file."""
    first, last = step_range(rows)
    file = LogFile(name, _name(name, 0, first, last), rows.num_rows, 0, first, last, 0)
    return _write(folder, file, encode(rows, name))


def write_parts(folder: Path, name: str, level: int, parts: Iterable[pa.Table]) -> LogFile | None:
    """Write what merge_files yields as a new file of that level; nothing where no part has rows."""
    ranges: list[tuple[int, int, int]] = []

    def note(part: pa.Table) -> pa.Table:
        ranges.append((part.num_rows, *step_range(part)))
        return part

    data = encode_parts((note(part) for part in parts if part.num_rows), name)
    if not ranges:
        return None
    rows, firsts, lasts = zip(*ranges, strict=True)
    first, last = min(firsts), max(lasts)
    file = LogFile(name, _name(name, level, first, last), sum(rows), 0, first, last, 0)
    return _write(folder, file, data)


def write_meta(folder: Path, name: str, content: pa.Table | bytes) -> LogFile:
    """Write a table of meta ("layers") or a file of it ("graph.json") beside older versions."""
    rows = None if isinstance(content, bytes) else content
    data = content if isinstance(content, bytes) else encode(content, name)
    file_name = name if rows is None else f"{name}.parquet"
    path = _free(folder, f"meta/{file_name}")
    count = 1 if rows is None else rows.num_rows
    return _write(folder, LogFile(name.split(".")[0], path, count, 0, None, None, 0), data)


def write_snapshot(folder: Path, step: int, data: bytes) -> LogFile:
    """Write the safetensors bytes of a snapshot beside those of earlier attempts."""
    path = _free(folder, f"{SNAPSHOTS}/{step:012d}.safetensors")
    return _write(folder, LogFile(SNAPSHOT, path, 1, 0, step, step, 0), data)


def step_range(rows: pa.Table) -> tuple[int, int]:
    """Return the first and the last step of rows that are not empty."""
    found = pc.min_max(rows.column("step")).as_py()
    return found["min"], found["max"]


def _name(table: str, level: int, first: int, last: int) -> str:
    steps = f"r{RANK:04d}" if level == 0 and first == last else f"{last:012d}"
    return f"{table}/L{level}/{first:012d}-{steps}-{short_id()}.parquet"


def _write(folder: Path, file: LogFile, data: bytes | memoryview) -> LogFile:
    """Write the bytes of a file under its path, and return it with their number and checksum."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, data)
    sync_folder(target.parent)
    return replace(file, bytes=len(data), crc32=checksum(data))


def _free(folder: Path, path: str) -> str:
    if not (folder / path).exists():
        return path
    name = PurePosixPath(path)
    return str(name.with_name(f"{name.stem}-{short_id()}{name.suffix}"))

"""Puts tables and bytes into a run folder under the names the layout gives them."""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from epochscope.log_files import checksum, short_id, sync_folder, write_whole
from epochscope.log_state import LogFile
from epochscope.parquet_files import encode, encode_parts
from epochscope.schema import META

SNAPSHOTS = "snapshots"
SNAPSHOT = "snapshot"  # what commit records call the table of a snapshot file

RANK = 0  # the only rank that writes, until training on several machines is recorded


def write_rows(folder: Path, name: str, level: int, rows: pa.Table) -> LogFile:
    """Write rows, conforming to table name and not empty, as a new file of that level."""
    first, last = step_range(rows)
    steps = f"{first:012d}-{last:012d}"
    if level == 0 and first == last:
        steps = f"{first:012d}-r{RANK:04d}"
    path = f"{name}/L{level}/{steps}-{short_id()}.parquet"
    return _write(folder, path, name, encode(rows, name, level > 0), rows)


def write_merged(
    folder: Path, level: int, files: Sequence[LogFile], parts: Iterable[pa.Table]
) -> LogFile:
    """Write the rows of files of one table, merged and part by part, as a new file of that level."""
    name = files[0].table
    data = encode_parts(parts, name)
    first = min(file.step_min for file in files if file.step_min is not None)
    last = max(file.step_max for file in files if file.step_max is not None)
    path = f"{name}/L{level}/{first:012d}-{last:012d}-{short_id()}.parquet"
    _put(folder, path, data)
    rows = sum(file.rows for file in files)
    return LogFile(name, path, rows, len(data), first, last, checksum(data))


def write_meta(folder: Path, name: str, content: pa.Table | bytes) -> LogFile:
    """Write a table of meta ("layers") or a file of it ("graph.json") beside older versions."""
    rows = None if isinstance(content, bytes) else content
    data = content if isinstance(content, bytes) else encode(content, name)
    file_name = name if rows is None else f"{name}.parquet"
    return _write(folder, _free(folder, f"meta/{file_name}"), name.split(".")[0], data, rows)


def write_snapshot(folder: Path, step: int, data: bytes) -> LogFile:
    """Write the safetensors bytes of a snapshot beside those of earlier attempts."""
    path = _free(folder, f"{SNAPSHOTS}/{step:012d}.safetensors")
    file = _write(folder, path, SNAPSHOT, data, None)
    return LogFile(SNAPSHOT, path, 1, file.bytes, step, step, file.crc32)


def step_range(rows: pa.Table) -> tuple[int, int]:
    """Return the first and the last step of rows that are not empty."""
    found = pc.min_max(rows.column("step")).as_py()
    return found["min"], found["max"]


def _write(
    folder: Path, path: str, table: str, data: bytes | memoryview, rows: pa.Table | None
) -> LogFile:
    _put(folder, path, data)
    first, last = (None, None) if rows is None or table in META else step_range(rows)
    count = 1 if rows is None else rows.num_rows
    return LogFile(table, path, count, len(data), first, last, checksum(data))


def _put(folder: Path, path: str, data: bytes | memoryview) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, data)
    sync_folder(target.parent)


def _free(folder: Path, path: str) -> str:
    if not (folder / path).exists():
        return path
    name = PurePosixPath(path)
    return str(name.with_name(f"{name.stem}-{short_id()}{name.suffix}"))

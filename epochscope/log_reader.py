"""Reads a run folder: facts, commit log, journal tail and heartbeat; never needs the writer."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from epochscope.commit_log import read_commits
from epochscope.journal import Frame, Gap, read_frames
from epochscope.log_files import HEARTBEAT, JOURNALS, RUN, LogError, checksum
from epochscope.log_state import End, LogFile, LogState, Problem
from epochscope.parquet_files import decode
from epochscope.schema import JOURNALLED, TABLES, VERSION

__all__ = [
    "End",
    "Heartbeat",
    "LogError",
    "LogFile",
    "LogState",
    "Problem",
    "Tail",
    "find_runs",
    "is_run",
    "open_journals",
    "read_file",
    "read_heartbeat",
    "read_log",
    "read_run_facts",
    "read_table",
    "read_tail",
]

_JOURNAL = re.compile(r"a(\d+)-[0-9a-f]{8}-\d+\.journal")


@dataclass(frozen=True)
class JournalPart:
    """What was read of one journal: rows by table, the byte to go on at, the gaps met."""

    path: str
    cursor: int = 0
    rows: Mapping[str, tuple[pa.RecordBatch, ...]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()  # a torn last frame is none: it may still be being written


@dataclass(frozen=True)
class Tail:
    """Rows of the journals that no commit record has retired."""

    scalars: pa.Table
    events: pa.Table
    cursor: dict[str, int]  # journal -> byte to read on at
    parts: tuple[JournalPart, ...] = ()


@dataclass(frozen=True)
class Heartbeat:
    """The recorder's last sign of life."""

    time: datetime
    pid: int
    host: str
    step: int
    total_steps: int | None


def is_run(folder: Path) -> bool:
    """Tell whether folder holds a run."""
    try:
        return (folder / RUN).is_file()
    except PermissionError:
        return False


def find_runs(logdir: Path) -> Iterator[Path]:
    """Yield the run folders at and below logdir in the order of their names; links are followed."""
    seen: set[Path] = set()
    for folder, below, files in os.walk(logdir, followlinks=True):
        seen.add(Path(folder).resolve())
        if RUN in files:
            below.clear()
            yield Path(folder)
        below[:] = sorted(name for name in below if Path(folder, name).resolve() not in seen)


def read_run_facts(folder: Path) -> dict[str, object]:
    """Return run.json, or raise LogError with the reason why it cannot be read."""
    try:
        facts = json.loads((folder / RUN).read_bytes())
    except (OSError, ValueError) as error:
        raise LogError(
            f"{folder / RUN} cannot be read ({error}); restore it from a copy"
        ) from error
    if not isinstance(facts, dict) or not isinstance(facts.get("schema"), int):
        raise LogError(f"{folder / RUN} names no log schema; restore it from a copy")
    if facts["schema"] > VERSION:
        raise LogError(
            f"the run {str(folder)!r} was written by a newer Epochscope (log schema"
            f" {facts['schema']}, this one reads up to {VERSION}); install the newer version"
        )
    return facts


def read_log(folder: Path, before: LogState | None = None) -> LogState:
    """Return what is committed; with before, read only the records after it."""
    return read_commits(folder, before)


def read_file(folder: Path, file: LogFile) -> bytes:
    """Return the bytes of one committed file, or raise LogError when they are damaged.

    FileNotFoundError says that it was merged and collected: read the log again.
    """
    try:
        data = (folder / file.path).read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise LogError(f"{file.path} cannot be read ({error.strerror})") from error
    if len(data) != file.bytes:
        raise LogError(f"{file.path} has {len(data):,} bytes where {file.bytes:,} were written")
    if checksum(data) != file.crc32:
        raise LogError(f"{file.path} is damaged (its checksum is wrong)")
    return data


def read_table(folder: Path, file: LogFile) -> pa.Table:
    """Return the rows of one committed table file, checked as read_file does."""
    return decode(read_file(folder, file), file.table)


def read_tail(folder: Path, state: LogState, before: Tail | None = None) -> Tail:
    """Return the rows of open journals; with before, read only the bytes after its cursors."""
    seen = {part.path: part for part in before.parts} if before else {}
    parts = tuple(
        _read_on(folder, seen.get(path, JournalPart(path))) for path in open_journals(folder, state)
    )
    return Tail(
        scalars=_rows_of(parts, "scalar"),
        events=_rows_of(parts, "event"),
        cursor={part.path: part.cursor for part in parts},
        parts=parts,
    )


def open_journals(folder: Path, state: LogState) -> list[str]:
    """Return the journals of the current attempt or later that no record has retired."""
    try:
        names = sorted(path.name for path in (folder / JOURNALS).iterdir())
    except FileNotFoundError:
        return []
    matches = [match for match in map(_JOURNAL.fullmatch, names) if match]
    paths = [f"{JOURNALS}/{match[0]}" for match in matches if int(match[1]) >= state.attempt]
    return [path for path in paths if path not in state.retired]


def read_heartbeat(folder: Path) -> Heartbeat | None:
    """Return the last heartbeat, or None where there is none that can be read."""
    try:
        beat = json.loads((folder / HEARTBEAT).read_bytes())
        time = datetime.fromisoformat(beat["time"]).astimezone(UTC)
        return Heartbeat(time, beat["pid"], beat["host"], beat["step"], beat["total_steps"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read_on(folder: Path, part: JournalPart) -> JournalPart:
    try:
        with (folder / part.path).open("rb") as file:
            file.seek(part.cursor)
            data = file.read()
    except FileNotFoundError:
        return part
    rows = {name: list(part.rows.get(name, ())) for name in JOURNALLED}
    gaps = list(part.gaps)
    cursor = part.cursor
    for found in read_frames(data):
        if isinstance(found, Frame):
            rows[found.table].append(found.rows)
        elif found.torn:
            break
        else:
            gaps.append(Gap(part.cursor + found.start, part.cursor + found.end, torn=False))
        cursor = part.cursor + found.end
    return JournalPart(
        part.path, cursor, {name: tuple(found) for name, found in rows.items()}, tuple(gaps)
    )


def _rows_of(parts: tuple[JournalPart, ...], table: str) -> pa.Table:
    batches = [batch for part in parts for batch in part.rows.get(table, ())]
    return pa.Table.from_batches(batches, TABLES[table].schema)

"""Opens the next attempt of a run: seals what a crash left open, hides what will be redone."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from epochscope.commit_log import Draft, commit
from epochscope.log_files import LogError
from epochscope.log_reader import (
    is_run,
    open_journals,
    read_file,
    read_log,
    read_run_facts,
    read_tail,
)
from epochscope.log_state import LogFile, LogState
from epochscope.merging import merge_files
from epochscope.parquet_files import sort_rows
from epochscope.schema import META
from epochscope.table_files import SNAPSHOT, write_parts, write_rows


def open_attempt(folder: Path, step: int | None) -> tuple[LogState, int]:
    """Begin attempt n + 1 after step; return the log's state and the step to go on from."""
    if not is_run(folder):
        raise LogError(f"the folder {str(folder)!r} holds no run to resume; leave out resume=True")
    read_run_facts(folder)
    state = _seal_journals(folder, read_log(folder))
    last = step if step is not None else state.last_step or 0
    attempt = state.attempt + 1

    def truncate(found: LogState) -> Draft:
        hidden = [file for file in found.files if _goes_beyond(file, last)]
        copies = [copy for file in hidden for copy in _trim(folder, file, last)]
        removed = [file.path for file in hidden]
        return Draft("truncate", max(attempt, found.attempt + 1), last, copies, removed)

    return commit(folder, state, truncate(state), truncate), last


def _seal_journals(folder: Path, state: LogState) -> LogState:
    tail = read_tail(folder, state)
    paths = open_journals(folder, state)
    if not paths:
        return state
    files = [
        write_rows(folder, name, sort_rows(rows, name))
        for name, rows in (("scalar", tail.scalars), ("event", tail.events))
        if rows.num_rows
    ]
    step = max((file.step_max or 0 for file in files), default=None)
    damage = "; ".join(
        f"{part.path}: bytes {gap.start} to {gap.end}" for part in tail.parts for gap in part.gaps
    )
    return commit(folder, state, Draft("seal", state.attempt, step, files, paths, damage))


def _goes_beyond(file: LogFile, last: int) -> bool:
    return file.table not in META and file.step_max is not None and file.step_max > last


def _trim(folder: Path, file: LogFile, last: int) -> list[LogFile]:
    if file.table == SNAPSHOT or (file.step_min is not None and file.step_min > last):
        return []
    try:
        parts = merge_files([read_file(folder, file)], file.table)
        kept = (part.filter(pc.less_equal(part.column("step"), last)) for part in parts)
        copy = write_parts(folder, file.table, file.level or 0, kept)
    except (LogError, FileNotFoundError, pa.ArrowInvalid):
        return []  # nothing of it can be kept; verify names it
    return [] if copy is None else [copy]

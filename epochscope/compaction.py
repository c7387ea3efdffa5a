"""Compaction: many small files of recorded steps become few that are sorted for queries."""

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from epochscope.commit_log import Draft, commit
from epochscope.garbage import collect_garbage
from epochscope.lease import LeaseHeldError, hold_lease
from epochscope.log_files import LogError
from epochscope.log_reader import read_log, read_table
from epochscope.log_state import LogFile, LogState
from epochscope.parquet_files import sort_rows
from epochscope.schema import TABLES
from epochscope.table_files import write_rows

__all__ = ["LeaseHeldError", "collect_garbage", "compact"]

STEPS_OF_L1 = 32  # recorded steps that make one L1 file
FILES_OF_L2 = 8  # L1 files that make one L2 file


class _OvertakenError(LogError):
    """What was to be merged is gone: another writer merged or hid it meanwhile."""


def compact(folder: Path) -> int:
    """Merge the files of the run in folder that are due, and return how many were written.

    Once a run has ended, what is left over is merged too, however little it is.
    Files merged stay on disk until collect_garbage, for the readers that still use them.
    """
    written = 0
    with hold_lease(folder) as lease:
        state = read_log(folder)
        damaged: set[str] = set()
        while group := _find_group(state, damaged):
            lease.renew()
            tables = _read_group(folder, group, damaged)
            if tables is not None:
                state, merged = _merge(folder, state, group, tables)
                written += merged
            state = read_log(folder, state)
    return written


def _find_group(state: LogState, damaged: Collection[str]) -> list[LogFile]:
    for name in TABLES:
        files = [file for file in state.of(name) if file.path not in damaged]
        for level, due in ((0, STEPS_OF_L1), (1, FILES_OF_L2)):
            at_level = sorted(
                (file for file in files if file.level == level),
                key=lambda file: (file.step_min or 0, file.step_max or 0, file.path),
            )
            group = _first_steps(at_level, due) if level == 0 else at_level[:due]
            count = len({(file.step_min, file.step_max) for file in group})
            if count >= due or (state.end and len(group) > 1):
                return group
    return []


def _first_steps(files: list[LogFile], count: int) -> list[LogFile]:
    # Two commits of one step (statistics, then validation) go into the same file.
    steps = sorted({(file.step_min or 0, file.step_max or 0) for file in files})[:count]
    return [file for file in files if (file.step_min or 0, file.step_max or 0) in steps]


def _read_group(folder: Path, group: list[LogFile], damaged: set[str]) -> list[pa.Table] | None:
    tables = []
    for file in group:
        try:
            tables.append(read_table(folder, file))
        except (LogError, FileNotFoundError, pa.ArrowInvalid):
            damaged.add(file.path)  # stays in the log, where verify names it
    return tables if len(tables) == len(group) else None


def _merge(
    folder: Path, state: LogState, group: list[LogFile], tables: list[pa.Table]
) -> tuple[LogState, int]:
    name, level = group[0].table, (group[0].level or 0) + 1
    merged = write_rows(folder, name, level, sort_rows(pa.concat_tables(tables), name))
    paths = [file.path for file in group]

    def revise(found: LogState) -> Draft:
        if not {file.path for file in found.files}.issuperset(paths):
            raise _OvertakenError(f"the files of table {name!r} were merged by another process")
        return Draft("compact", found.attempt, merged.step_max, [merged], paths)

    try:
        return commit(folder, state, revise(state), revise), 1
    except _OvertakenError:
        (folder / merged.path).unlink()  # no record names it
        return state, 0

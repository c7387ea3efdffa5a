"""Compaction: many small files of recorded steps become few that are sorted for queries."""

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa

from epochscope.commit_log import Draft, commit
from epochscope.garbage import collect_garbage
from epochscope.lease import LeaseHeldError, hold_lease
from epochscope.log_files import LogError
from epochscope.log_reader import read_file, read_log, read_table
from epochscope.log_state import LogFile, LogState
from epochscope.merging import merge_files
from epochscope.schema import TABLES
from epochscope.table_files import write_parts

__all__ = ["LeaseHeldError", "collect_garbage", "compact"]

STEPS_OF_L1 = 32  # recorded steps that make one L1 file
FILES_OF_L2 = 8  # L1 files that make one L2 file
# How much of a table of an ended run becomes one L3 file at most: it is sorted in memory, where it
# takes some ten times as much, or merged in parts, where it does not.
BYTES_OF_L3, BYTES_IN_PARTS = 64_000_000, 512_000_000

_UNREADABLE = (LogError, FileNotFoundError, pa.ArrowInvalid)


class _OvertakenError(LogError):
    """What was to be merged is gone: another writer merged or hid it meanwhile."""


def compact(folder: Path) -> int:
    """Merge the files of the run in folder that are due, and return how many were written.

    Once a run has ended, what is left over is merged too, however little it is, and a table that
    is not large becomes one file.
    Files merged stay on disk until collect_garbage, for the readers that still use them.
    """
    written = 0
    with hold_lease(folder) as lease:
        state = read_log(folder)
        damaged: set[str] = set()
        while group := _find_group(state, damaged):
            lease.renew()
            state, merged = _merge(folder, state, group, damaged)
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
        # Each file that a query reads costs it a millisecond.
        most = BYTES_IN_PARTS if TABLES[name].group_by else BYTES_OF_L3
        small = sum(file.bytes for file in files) <= most
        if state.end and small and len(files) > 1:
            return files
    return []


def _first_steps(files: list[LogFile], count: int) -> list[LogFile]:
    # Two commits of one step (statistics, then validation) go into the same file.
    steps = sorted({(file.step_min or 0, file.step_max or 0) for file in files})[:count]
    return [file for file in files if (file.step_min or 0, file.step_max or 0) in steps]


def _merge(
    folder: Path, state: LogState, group: list[LogFile], damaged: set[str]
) -> tuple[LogState, int]:
    name, level = group[0].table, 1 + min(max(file.level or 0 for file in group), 2)
    try:
        files = [read_file(folder, file) for file in group]
        merged = write_parts(folder, name, level, merge_files(files, name))
    except _UNREADABLE:
        found = [file.path for file in group if not _is_sound(folder, file)]
        if not found:
            raise
        damaged.update(found)  # they stay in the log, where verify names them
        return state, 0
    if merged is None or merged.rows != sum(file.rows for file in group):
        raise LogError(f"the files of table {name!r} do not hold the rows that were written")
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


def _is_sound(folder: Path, file: LogFile) -> bool:
    try:
        read_table(folder, file)
    except _UNREADABLE:
        return False
    return True

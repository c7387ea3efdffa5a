"""Deletes what no reader needs any more: merged files, sealed journals, leavings of a crash."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from epochscope.commit_log import read_records
from epochscope.journal import Gap, read_frames
from epochscope.log_files import JOURNALS, TEMPORARY
from epochscope.log_reader import read_log
from epochscope.log_state import Problem
from epochscope.schema import TABLES
from epochscope.table_files import SNAPSHOTS

FOLDERS = ("meta", SNAPSHOTS, JOURNALS, *TABLES)


@dataclass(frozen=True)
class History:
    """What all records say of each path: when it was removed, and whether it is only hidden."""

    named: frozenset[str]
    hidden: frozenset[str]
    removed: dict[str, float]  # path -> seconds since the epoch
    complete: bool  # no record is damaged


def collect_garbage(folder: Path, older_than_seconds: float = 600) -> int:
    """Delete files removed longer ago than that, and orphans as old; return how many.

    What a resume has hidden is kept for ever. Orphans are kept while a record is damaged:
    they may be the files that it named.
    """
    history = read_history(folder)
    live = {file.path for file in read_log(folder).files}
    before = time.time() - older_than_seconds
    deleted = 0
    for path in list(list_files(folder)):
        if (
            path not in live
            and path not in history.hidden
            and _is_due(folder, path, history, before)
        ):
            (folder / path).unlink(missing_ok=True)
            deleted += 1
    return deleted


def read_history(folder: Path) -> History:
    """Read every commit record from the first one on."""
    named: set[str] = set()
    hidden: set[str] = set()
    removed: dict[str, float] = {}
    complete = True
    for record in read_records(folder):
        if isinstance(record, Problem):
            complete = False
            continue
        named.update(entry["path"] for entry in record["add"])
        if record["op"] == "truncate":
            hidden.update(record["remove"])
        at = datetime.fromisoformat(record["time"]).timestamp()
        removed.update(dict.fromkeys(record["remove"], at))
    return History(frozenset(named), frozenset(hidden), removed, complete)


def list_files(folder: Path) -> Iterator[str]:
    """Yield the files that commit records could name, as POSIX paths relative to folder."""
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix()


def _is_due(folder: Path, path: str, history: History, before: float) -> bool:
    if path in history.removed:
        if path.startswith(f"{JOURNALS}/") and _is_damaged(folder / path):
            return False  # the rows behind the damage may still be saved by hand
        return history.removed[path] < before
    if path.startswith(f"{JOURNALS}/") and not path.endswith(TEMPORARY):
        return False  # not sealed yet
    try:
        old = (folder / path).stat().st_mtime < before
    except FileNotFoundError:
        return False
    return old and (history.complete or path.endswith(TEMPORARY)) and path not in history.named


def _is_damaged(journal: Path) -> bool:
    try:
        data = journal.read_bytes()
    except FileNotFoundError:
        return False
    return any(isinstance(found, Gap) and not found.torn for found in read_frames(data))

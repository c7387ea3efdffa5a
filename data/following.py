"""Follows one run while it is written: reads only what is new since the last look."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from data.damage import Damage, FileChecks
from data.errors import UnreadableRunError
from data.pulse import Pulse
from epochscope.log_files import COMMITS, JOURNALS, checksum
from epochscope.log_reader import LogError, LogState, Tail, read_log, read_run_facts, read_tail
from epochscope.schema import TABLES

# A folder changed within this time may change again without getting another time stamp.
_STAMP_GRAIN = 2_000_000_000  # nanoseconds

SUMMARY = "summary"  # the key under which a run's summary is remembered

T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """A run as of one look; the version changes with what was committed or journalled, not with its files."""

    facts: dict[str, Any]  # run.json
    state: LogState
    tail: Tail
    version: str


class FollowedRun:
    """One run folder as last seen, shared by all requests of this process."""

    def __init__(self, folder: Path) -> None:
        """Follow the run in folder."""
        self.folder = folder
        self.checks = FileChecks(folder)
        self.pulse = Pulse()
        self.digests: dict[str, dict[str, list[dict[str, Any]]]] = {}  # query, path -> rows
        self._memory: dict[Hashable, tuple[str, Any]] = {}
        self._lock = threading.Lock()
        self._facts: dict[str, Any] | None = None
        self._state: LogState | None = None
        self._content = ""
        self._tail: Tail | None = None
        self._stamp: object = None

    def look(self, afresh: bool = False) -> Seen:
        """Return the run as it is now; afresh reads the whole commit log again."""
        with self._lock:
            try:
                return self._look(afresh)
            except (LogError, OSError) as error:
                raise UnreadableRunError(
                    f"The run in {str(self.folder)!r} cannot be read: {error}."
                ) from error

    def remember(self, key: Hashable, version: str, compute: Callable[[], T]) -> T:
        """Return what compute returned for this version, computing it at most once or so."""
        found = self._memory.get(key)
        if found and found[0] == version:
            return cast(T, found[1])
        value = compute()
        self._memory[key] = (version, value)
        return value

    def forget(self) -> None:
        """Drop what remember keeps, but for the summary that every listing asks for."""
        self._memory = {key: found for key, found in self._memory.items() if key == SUMMARY}

    def remembers(self, key: Hashable, version: str) -> bool:
        """Tell whether remember would compute nothing."""
        return key in self._memory and self._memory[key][0] == version

    def damaged(self) -> tuple[Damage, ...]:
        """Return what of this run is known to be unreadable: records, journals, files."""
        records = [
            Damage(str(self.folder / problem.path), problem.reason, problem.lost)
            for problem in (self._state.problems if self._state else ())
        ]
        journals = [
            Damage(
                str(self.folder / part.path),
                f"is damaged (bytes {gap.start} to {gap.end})",
                "the scalars and events of these bytes",
            )
            for part in (self._tail.parts if self._tail else ())
            for gap in part.gaps
        ]
        return (*records, *journals, *self.checks.damaged())

    def _look(self, afresh: bool) -> Seen:
        if self._facts is None:
            self._facts = cast(dict[str, Any], read_run_facts(self.folder))
        if afresh:
            self._state = self._stamp = None
        stamp = self._read_stamp()
        if self._state is None or self._tail is None or stamp is None or stamp != self._stamp:
            self._state = read_log(self.folder, self._state)
            self._content = _describe(self._state)
            self._tail = read_tail(self.folder, self._state, self._tail)
            self._stamp = stamp
        state, tail = self._state, self._tail
        journalled = sum(tail.cursor.values())
        identity = str(self._facts.get("id", ""))[:8]
        self.checks.look_again()
        version = f"{identity}.{self._content}.{journalled}.{self.checks.findings}"
        return Seen(self._facts, state, tail, version)

    def _read_stamp(self) -> object:
        """Return what changes with every commit and journal write; None where that is unsure."""
        commits = (self.folder / COMMITS).stat().st_mtime_ns
        if time.time_ns() - commits < _STAMP_GRAIN:
            return None
        if self._state is not None and self._state.end is not None:
            return commits
        try:
            with os.scandir(self.folder / JOURNALS) as entries:
                sizes = {entry.name: entry.stat().st_size for entry in entries}
        except FileNotFoundError:
            sizes = {}
        return commits, tuple(sorted(sizes.items()))


def _describe(state: LogState) -> str:
    """Return what changes with the content of a run, and stays where rows only move to other files.

    Compaction keeps every row of a table, and a row that is written is never changed.
    """
    rows = Counter[str]()
    others = []
    for file in state.files:
        if file.table in TABLES:
            rows[file.table] += file.rows
        else:
            others.append(file.path)
    facts = [state.attempt, state.end, len(state.problems), sorted(rows.items()), others]
    return f"{checksum(repr(facts).encode()):08x}.{sum(rows.values())}"

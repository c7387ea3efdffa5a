"""Finds damaged files, each checked once, so that one of them never hides the others."""

import os
import queue
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from epochscope.log_reader import LogError, LogFile, read_table

# Checksummed before a query uses them; what is beyond is checked in the background.
_BYTES_AT_ONCE = 8 << 20
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Damage:
    """A file that cannot be read: its whole path, why, and what is lost with it."""

    path: str
    reason: str
    lost: str
    table: str = ""
    first: int | None = None  # steps
    last: int | None = None


class FileChecks:
    """Which files of one run are sound; asked by many threads."""

    def __init__(self, folder: Path) -> None:
        """Know nothing yet of the files in folder."""
        self._folder = folder
        self._sound: set[tuple[str, int]] = set()
        self._waiting: set[str] = set()
        self.findings = 0  # changes whenever a file turns out damaged, or sound again
        self._damaged: dict[str, tuple[Damage, object]] = {}

    def find_sound(self, files: Iterable[LogFile]) -> list[LogFile]:
        """Return the files that may be read; a missing one raises FileNotFoundError."""
        left, kept = _BYTES_AT_ONCE, []
        for file in files:
            known = (file.path, file.crc32) in self._sound
            if not known and (left <= 0 or file.bytes > left) and self._has_its_size(file):
                self._check_later(file)
            elif not known:
                left -= file.bytes
                if not self.check(file):
                    continue
            kept.append(file)
        return kept

    def check(self, file: LogFile, thoroughly: bool = False) -> bool:
        """Return whether a file is sound; thoroughly also tells whether its content parses."""
        path = self._folder / file.path
        stamp = stamp_file(path)
        before = self._damaged.get(file.path)
        if before and before[1] == stamp:
            return False
        reason = self._parse(file) if thoroughly else _find_fault(path, file)
        if reason:
            self._condemn(file, reason, stamp)
            return False
        if self._damaged.pop(file.path, None):
            self.findings += 1
        self._sound.add((file.path, file.crc32))
        return True

    def miss(self, file: LogFile) -> None:
        """Note that a file which the log names is not there."""
        self._condemn(file, "is missing", None)

    def look_again(self) -> None:
        """Forget the damage of files that were replaced: they are checked when next asked for."""
        for path, (_, stamp) in self._damaged.copy().items():
            if stamp != stamp_file(self._folder / path):
                self._damaged.pop(path, None)
                self.findings += 1

    def damaged(self) -> tuple[Damage, ...]:
        """Return the damaged files found so far, by path."""
        return tuple(damage for _, (damage, _) in sorted(self._damaged.copy().items()))

    def _condemn(self, file: LogFile, reason: str, stamp: object) -> None:
        self._sound.discard((file.path, file.crc32))
        self._damaged[file.path] = (_describe(self._folder / file.path, file, reason), stamp)
        self.findings += 1

    def _check_later(self, file: LogFile) -> None:
        if file.path not in self._waiting:
            self._waiting.add(file.path)
            _background(os.getpid()).put((self, file))

    def _has_its_size(self, file: LogFile) -> bool:
        known_as_damaged = file.path in self._damaged
        return not known_as_damaged and (self._folder / file.path).stat().st_size == file.bytes

    def _parse(self, file: LogFile) -> str | None:
        try:
            read_table(self._folder, file)
        except (LogError, pa.ArrowException, OSError) as error:
            return f"does not parse ({error})"
        return None


def stamp_file(path: Path) -> object:
    """Return what changes when another file takes the place of one; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode


def _find_fault(path: Path, file: LogFile) -> str | None:
    try:
        size = path.stat().st_size
        if size != file.bytes:
            return f"has {size} bytes instead of {file.bytes}"
        if _checksum(path) != file.crc32:
            return "has a wrong checksum"
    except FileNotFoundError:
        raise
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc


def _describe(path: Path, file: LogFile, reason: str) -> Damage:
    lost = f"{file.rows} rows of {file.table}"
    if file.step_min is not None:
        steps = f"step {file.step_min}" if file.step_min == file.step_max else (
            f"steps {file.step_min} to {file.step_max}"
        )  # fmt: skip
        lost = f"{lost}, {steps}"
    return Damage(str(path), reason, lost, file.table, file.step_min, file.step_max)


@cache
def _background(process: int) -> "queue.SimpleQueue[tuple[FileChecks, LogFile]]":
    # Threads do not survive a fork: each process has its own.
    waiting: queue.SimpleQueue[tuple[FileChecks, LogFile]] = queue.SimpleQueue()
    name = f"file checks of {process}"
    threading.Thread(target=_check_forever, args=(waiting,), name=name, daemon=True).start()
    return waiting


def _check_forever(waiting: "queue.SimpleQueue[tuple[FileChecks, LogFile]]") -> None:
    while True:
        checks, file = waiting.get()
        try:
            checks.check(file)
        except FileNotFoundError:
            continue  # compacted away meanwhile

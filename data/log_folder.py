"""Finds the runs below the log folder, whatever else lies there."""

import os
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from data.errors import UnreadableRunError
from data.following import FollowedRun
from data.log_place import inspect_log_place
from epochscope.log_files import RUN


class LogFolder:
    """The runs of one log folder, each followed once for all requests of this process."""

    def __init__(self, folder: Path) -> None:
        """Watch a folder that need not exist yet."""
        self.folder = folder
        self._runs: dict[str, tuple[object, FollowedRun]] = {}
        self._walking = threading.Lock()
        self._walks = 0

    def find_runs(self) -> dict[str, FollowedRun]:
        """Walk the folder and return its runs by name."""
        walks = self._walks
        with self._walking:
            # Who waited here while another request began and ended a whole walk takes its result.
            if self._walks < walks + 2:
                self._walk()
            return {name: followed for name, (_, followed) in self._runs.items()}

    def find_run(self, name: str) -> FollowedRun | None:
        """Return the run of this name, or None; walks the folder only where it must."""
        known = self._runs.get(name)
        if known and known[0] == _identify(known[1].folder / RUN):
            return known[1]
        return self.find_runs().get(name)

    def _walk(self) -> None:
        found: dict[str, tuple[object, FollowedRun]] = {}
        for name, folder, identity in walk_runs(self.folder):
            known = self._runs.get(name)
            same = known is not None and known[0] == identity
            found[name] = known if known and same else (identity, FollowedRun(folder))
        self._runs = found
        self._walks += 1


@lru_cache(maxsize=4)
def watch_log_folder(folder: Path) -> LogFolder:
    """Return the one LogFolder of this process for a folder."""
    return LogFolder(folder)


def walk_runs(root: Path) -> Iterator[tuple[str, Path, object]]:
    """Yield name, folder and identity of every run below root; nothing in a run is looked into.

    A run that is reached twice has the name without a link in it; links that lead back are not
    followed again, and folders that may not be listed are passed over. Only the root must be one
    that can be listed; one that does not exist holds no runs.
    """
    place = inspect_log_place(root)
    if place.trouble:
        raise UnreadableRunError(place.trouble)
    if not place.exists:
        return
    seen: set[object] = set()
    links: list[Path] = []
    waiting = [root]
    while waiting or links:
        # Links come last, so that what they lead to has been found by its own name.
        folder = waiting.pop() if waiting else links.pop(0)
        node = _identify(folder)
        if node in seen:
            continue
        seen.add(node)
        identity = _identify(folder / RUN)
        if identity is not None:
            # A log folder that is itself a run has no shorter name than its own.
            name = root.resolve().name if folder == root else folder.relative_to(root).as_posix()
            yield name, folder, identity
            continue
        try:
            below = _list_folder(folder)
        except OSError:
            continue
        links += sorted(path for path in below if path.is_symlink())
        waiting += sorted((path for path in below if not path.is_symlink()), reverse=True)


def _list_folder(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [
            Path(entry.path)
            for entry in entries
            if not entry.name.startswith(".") and _is_text(entry.name) and _is_folder(entry)
        ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, or to where this user may not look
        return False


def _is_text(name: str) -> bool:
    # A name that is no UTF-8 can be neither shown nor put into a link.
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _identify(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns if path.name == RUN else 0

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

# Of these, arrays that pages asked for are kept; of the others, only what a listing needs.
_REMEMBERED_RUNS = 8


class LogFolder:
    """The runs of one log folder, each followed once for all requests of this process."""

    def __init__(self, folder: Path) -> None:
        """Watch a folder that need not exist yet."""
        self.folder = folder
        self._runs: dict[str, tuple[object, FollowedRun]] = {}
        self._walking = threading.Lock()
        self._walks = 0
        self._opened: list[FollowedRun] = []  # the newest last
        self._noting = threading.Lock()

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
        if known and known[0] == _identify(f"{known[1].folder}/{RUN}"):
            followed: FollowedRun | None = known[1]
        else:
            followed = self.find_runs().get(name)
        if followed:
            self._note_opened(followed)
        return followed

    def _note_opened(self, followed: FollowedRun) -> None:
        with self._noting:
            if followed in self._opened:
                self._opened.remove(followed)
            self._opened.append(followed)
            if len(self._opened) > _REMEMBERED_RUNS:
                self._opened.pop(0).forget()

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
    links: list[str] = []
    waiting = [str(root)]
    while waiting or links:
        # Links come last, so that what they lead to has been found by its own name.
        path = waiting.pop() if waiting else links.pop(0)
        identity = _identify(f"{path}/{RUN}")
        node = identity or _identify(path)
        if node in seen:
            continue
        seen.add(node)
        if identity is not None:
            yield _name(path, root), Path(path), identity
            continue
        folders, further_links = _list_folder(path)
        links += further_links
        waiting += reversed(folders)


def _name(path: str, root: Path) -> str:
    # A log folder that is itself a run has no shorter name than its own.
    return path.removeprefix(str(root)).strip("/") or root.resolve().name


def _list_folder(path: str) -> tuple[list[str], list[str]]:
    """Return the folders and the links to folders in a folder, sorted; hidden ones left out."""
    try:
        with os.scandir(path) as entries:
            found = [
                entry
                for entry in entries
                if not entry.name.startswith(".") and _is_text(entry.name) and _is_folder(entry)
            ]
    except OSError:
        return [], []
    return (
        sorted(entry.path for entry in found if not entry.is_symlink()),
        sorted(entry.path for entry in found if entry.is_symlink()),
    )


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


def _identify(path: str) -> object:
    try:
        status = os.stat(path)  # noqa: PTH116 - the walk is repeated every two seconds, and os.stat is twice as fast
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns if path.endswith(RUN) else 0

"""Compacts the runs of the log folder in the background, where this user may write."""

import atexit
import logging
import os
import threading
from functools import cache
from math import inf
from time import monotonic

from data.errors import RunError
from data.following import FollowedRun
from data.log_folder import watch_log_folder
from epochscope.compaction import LeaseHeldError, collect_garbage, compact
from epochscope.log_reader import LogError
from settings import settings

_EVERY_SECONDS = 30.0
_COLLECT_SECONDS = 700.0  # after a compaction; collect_garbage leaves its files for 600
_log = logging.getLogger(__name__)


class Compactor:
    """A thread that looks at every run from time to time, until it is stopped."""

    def __init__(self, every_seconds: float = _EVERY_SECONDS) -> None:
        """Be ready to start."""
        self._every_seconds = every_seconds
        self._versions: dict[str, str] = {}
        self._collect_at: dict[str, float] = {}  # when files that were merged are old enough
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="compactor", daemon=True)

    def start(self) -> None:
        """Start to work in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop before the next run is looked at, and wait for that."""
        self._stopped.set()
        self._thread.join()

    def compact_once(self) -> int:
        """Compact every run that changed since it was last looked at; return files written."""
        try:
            runs = watch_log_folder(settings().logdir).find_runs()
        except RunError:
            return 0
        written = 0
        for name, followed in runs.items():
            if self._stopped.is_set():
                break
            written += self._compact_run(name, followed)
        return written

    def _compact_run(self, name: str, followed: FollowedRun) -> int:
        if not os.access(followed.folder, os.W_OK):
            return 0
        written = 0
        try:
            version = followed.look().version
        except RunError:
            return 0
        try:
            if self._versions.get(name) == version and not self._is_due(name):
                return 0
            written = compact(followed.folder)
            collect_garbage(followed.folder)
            if written:
                self._collect_at[name] = monotonic() + _COLLECT_SECONDS
        except LeaseHeldError:
            return 0  # another server is at it
        except (LogError, OSError) as error:
            # Tried again when the run has changed: it may have been mended.
            _log.warning("the run %r is not compacted: %s", name, error)
        self._versions[name] = version
        return written

    def _is_due(self, name: str) -> bool:
        """Tell, once, whether files that were merged are old enough to be collected."""
        if monotonic() < self._collect_at.get(name, inf):
            return False
        del self._collect_at[name]
        return True

    def _work(self) -> None:
        while not self._stopped.wait(self._every_seconds):
            self.compact_once()


@cache
def start_compactor() -> Compactor:
    """Start the one compactor of this process."""
    compactor = Compactor()
    compactor.start()
    atexit.register(compactor.stop)  # a thread in the middle of a query keeps DuckDB from ending
    return compactor

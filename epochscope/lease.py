"""The lease of a run: one process at a time compacts it."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from epochscope.log_files import LogError, put_if_absent, short_id

LEASE = "compaction.lease"
STALE_SECONDS = 600.0  # a lease that nobody renewed for so long has lost its holder


class LeaseHeldError(LogError):
    """Another process compacts this run."""


class Lease:
    """A lease that this process holds."""

    def __init__(self, path: Path, content: bytes) -> None:
        """Hold the lease written to path as content."""
        self._path = path
        self._content = content

    def renew(self) -> None:
        """Say that the holder is still at work."""
        # Another may break the lease in between, as it does when clocks differ.
        with suppress(FileNotFoundError):
            if self._is_ours():
                os.utime(self._path)

    def release(self) -> None:
        """Let others compact, unless one of them took the lease over already."""
        if self._is_ours():
            self._path.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        try:
            return self._path.read_bytes() == self._content
        except FileNotFoundError:
            return False


@contextmanager
def hold_lease(folder: Path) -> Iterator[Lease]:
    """Hold the lease of the run in folder, or raise LeaseHeldError.

    The lease spares double work only: should two hold it, commit records still let one win.
    """
    path = folder / LEASE
    content = json.dumps(
        {"host": socket.gethostname(), "pid": os.getpid(), "id": short_id()}
    ).encode()
    if not put_if_absent(path, content):
        holder = _holder(path)
        if holder is not None:
            raise LeaseHeldError(
                f"the run {str(folder)!r} is being compacted by process {holder}; wait for it"
            )
        path.unlink(missing_ok=True)
        if not put_if_absent(path, content):
            raise LeaseHeldError(f"the run {str(folder)!r} is being compacted; wait for it")
    lease = Lease(path, content)
    try:
        yield lease
    finally:
        lease.release()


def _holder(path: Path) -> str | None:
    try:
        age = time.time() - path.stat().st_mtime
        content = json.loads(path.read_bytes())
        host, pid = str(content["host"]), int(content["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if age > STALE_SECONDS or (host == socket.gethostname() and not _is_alive(pid)):
        return None
    return f"{pid} on {host}"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

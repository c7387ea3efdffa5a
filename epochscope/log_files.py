"""Files of a log as they reach the disk: whole or not at all, each with its checksum."""

import errno
import os
import uuid
import zlib
from pathlib import Path

RUN = "run.json"
HEARTBEAT = "heartbeat.json"
COMMITS = "_log"
JOURNALS = "journal"
TEMPORARY = ".tmp"

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class LogError(Exception):
    """A log that cannot be used as asked; the message is one sentence for the reader."""


def checksum(data: bytes | memoryview) -> int:
    """Return the CRC-32 that commit records and journal frames carry."""
    return zlib.crc32(data)


def short_id() -> str:
    """Return eight hexadecimal digits that no other writer of this log draws."""
    return uuid.uuid4().hex[:8]


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Write data under a temporary name, sync it, and rename it to path."""
    temporary = _write_temporary(path, data)
    temporary.replace(path)


def put_if_absent(path: Path, data: bytes) -> bool:
    """Write data to path unless path exists; return whether it was written."""
    temporary = _write_temporary(path, data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        raise OSError(
            error.errno, "this file system has no hard links, which a log needs", str(path)
        ) from error
    finally:
        temporary.unlink()
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names of the files in folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_temporary(path: Path, data: bytes | memoryview) -> Path:
    # The name is drawn anew: two writers may be after the same path.
    temporary = path.with_name(f"{path.name}.{short_id()}{TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk must not also keep the half
        raise
    return temporary

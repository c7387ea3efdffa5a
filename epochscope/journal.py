"""The journal: framed record batches of scalars and events that no Parquet file holds yet."""

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from epochscope.log_files import checksum, sync_folder
from epochscope.schema import JOURNALLED, TABLES

# A frame: mark, payload bytes, table, crc32 of the payload; then the crc32 of these; the payload.
_HEAD = struct.Struct("<4sIBI")
_CHECK = struct.Struct("<I")
_MARK = b"\xf5EPJ"  # no UTF-8 text holds the byte 0xF5, so names and messages never look like one
_HEADER_BYTES = _HEAD.size + _CHECK.size


@dataclass(frozen=True)
class Frame:
    """One flush of one table."""

    table: str
    rows: pa.RecordBatch
    start: int
    end: int


@dataclass(frozen=True)
class Gap:
    """Bytes start to end hold no whole frame: damage, or a last frame that is torn."""

    start: int
    end: int
    torn: bool


def encode_frame(table: str, rows: pa.RecordBatch) -> bytes:
    """Return rows, which have the schema of table, as one frame."""
    payload: bytes = rows.serialize().to_pybytes()
    head = _HEAD.pack(_MARK, len(payload), JOURNALLED.index(table), checksum(payload))
    return head + _CHECK.pack(checksum(head)) + payload


def read_frames(data: bytes, start: int = 0) -> Iterator[Frame | Gap]:
    """Yield the frames of data from byte start on, and the gaps between them."""
    at = start
    while at < len(data):
        found = _read_frame(data, at)
        if isinstance(found, Gap) and not found.torn and found.end == at:
            found = Gap(at, _find_frame(data, at + 1), torn=False)
        yield found
        at = found.end


class JournalFile:
    """One journal while it is written; the folder of path exists."""

    def __init__(self, path: Path) -> None:
        """Create the file."""
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
        self._end = 0
        sync_folder(path.parent)

    def append(self, frames: Sequence[bytes]) -> None:
        """Write frames and sync them; after an OSError none of them is in the file."""
        data = b"".join(frames)
        try:
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._end)
            raise
        self._end += len(data)

    def close(self) -> None:
        """Close the file; nothing is appended to it again."""
        os.close(self._descriptor)


def _read_frame(data: bytes, at: int) -> Frame | Gap:
    # A gap that ends where it starts says: damaged, and where the next frame starts is unknown.
    if len(data) - at < _HEADER_BYTES:
        return Gap(at, len(data), torn=True)
    mark, length, table, crc = _HEAD.unpack_from(data, at)
    (check,) = _CHECK.unpack_from(data, at + _HEAD.size)
    if mark != _MARK or check != checksum(data[at : at + _HEAD.size]):
        # A file that a power cut has lengthened ends in zeros.
        torn = not any(data[at:])
        return Gap(at, len(data) if torn else at, torn)
    start, end = at + _HEADER_BYTES, at + _HEADER_BYTES + length
    if end > len(data):
        return Gap(at, len(data), torn=True)
    payload = data[start:end]
    if checksum(payload) != crc:
        return Gap(at, end, torn=False)
    name = JOURNALLED[table]
    return Frame(
        name, pa.ipc.read_record_batch(pa.py_buffer(payload), TABLES[name].schema), at, end
    )


def _find_frame(data: bytes, at: int) -> int:
    """Return where the next sound header starts, or the end of data."""
    while (at := data.find(_MARK, at)) >= 0:
        head = data[at : at + _HEAD.size]
        after = data[at + _HEAD.size : at + _HEADER_BYTES]
        if len(after) == _CHECK.size and _CHECK.unpack(after)[0] == checksum(head):
            return at
        at += 1
    return len(data)

"""Reads single tensors out of the snapshots of a run, without loading the rest of the file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.arrays import Steps
from data.errors import NothingRecordedError, UnreadableRunError
from data.run_files import RunFiles

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1"}


def list_snapshots(run: RunFiles) -> Steps:
    """List the steps that have a snapshot, sorted."""
    steps = {file.step_min for file in run.state.of("snapshot") if file.step_min is not None}
    return np.array(sorted(steps), dtype=np.int64)


def read_tensors(run: RunFiles, step: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Read those of the named tensors that the snapshot of a step holds.

    Half-precision numbers of either kind come as float32.
    """
    files = [file for file in run.state.of("snapshot", step, step) if file.step_min == step]
    if not files:
        raise NothingRecordedError(
            f"The run {run.name!r} has no snapshot of step {step!r}; the recorder takes snapshots."
        )
    path = run.folder / files[-1].path
    try:
        sound = run.followed.checks.find_sound(files[-1:])
        if not sound:
            raise UnreadableRunError(f"The snapshot {str(path)!r} is damaged.")
        return _read(path, names)
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableRunError(f"The snapshot {str(path)!r} cannot be read: {error}.") from error


def _read(path: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        found = {}
        for name in names:
            if name in header:
                first, last = header[name]["data_offsets"]
                file.seek(8 + length + first)
                found[name] = _decode(file.read(last - first), header[name])
        return found


def _decode(data: bytes, entry: dict[str, Any]) -> NDArray[Any]:
    if entry["dtype"] == "BF16":  # the upper half of a float32, which numpy knows
        halves = np.frombuffer(data, dtype="<u2").astype(np.uint32) << 16
        return halves.view(np.float32).reshape(entry["shape"])
    numbers = np.frombuffer(data, dtype=_TYPES[entry["dtype"]]).reshape(entry["shape"])
    return numbers.astype(np.float32) if entry["dtype"] == "F16" else numbers

"""Reads the operations of a run's network, as they were recorded from one forward pass."""

import json
from dataclasses import dataclass
from typing import Any

from data.errors import UnreadableRunError
from data.run_files import RunFiles
from epochscope.log_reader import LogError, read_file


@dataclass(frozen=True)
class RecordedOperation:
    """One operation of the forward pass, in the order of execution."""

    name: str
    op: str  # "input", "parameter", "buffer", "constant", "call", or an aten operation
    type: str  # "conv2d", or the class name of a module that was called
    inputs: tuple[str, ...]  # names of operations
    module: str  # that ran it
    target: str  # name of a parameter or buffer


def read_operations(run: RunFiles) -> tuple[RecordedOperation, ...]:
    """Read the operations of a run's network; none where no graph was recorded."""
    return run.remember("operations", lambda: _read_operations(run))


def _read_operations(run: RunFiles) -> tuple[RecordedOperation, ...]:
    files = run.state.of("graph")
    if not files:
        return ()
    try:
        graph = json.loads(read_file(run.folder, files[-1]))
        return tuple(_read_node(node) for node in graph["nodes"])
    except (LogError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableRunError(
            f"The graph of the run {run.name!r} in {files[-1].path!r} could not be read: {error}."
        ) from error


def _read_node(node: dict[str, Any]) -> RecordedOperation:
    return RecordedOperation(
        name=str(node["name"]),
        op=str(node["op"]),
        type=str(node.get("type") or ""),
        inputs=tuple(map(str, node.get("inputs") or ())),
        module=str(node.get("module") or ""),
        target=str(node.get("target") or "") if node["op"] in ("parameter", "buffer") else "",
    )

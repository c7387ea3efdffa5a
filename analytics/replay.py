"""Runs a described graph from its weights alone: every value of one forward pass, without the model.

The graph is data of unknown origin: only operations of a literal table run, and every name,
type and size is checked first.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from analytics.replay_literals import ReplayRefusedError, decode_constant, decode_literal
from analytics.replay_operations import DRAWS, OPERATIONS
from epochscope.recording.graph_modes import (
    DROPOUTS,
    in_eval_mode,
    is_switched_off,
    is_training,
)

__all__ = ["Replay", "ReplayRefusedError", "replay"]

Named = Mapping[str, Tensor]

NODES = 100_000
VALUE_BYTES = 8 << 30  # of all values together


@dataclass(frozen=True)
class Replay:
    """What one forward pass computed."""

    values: dict[str, Any]  # node -> tensor, or tuple of tensors where it has several
    outputs: dict[str, Any]  # path such as output['logits'] -> tensor
    batch: int | None  # number of samples


def replay(
    graph: Mapping[str, Any],
    tensors: Named,
    inputs: Named | Sequence[Tensor],
    noise: Named | None = None,
    mode: str = "eval",
    autocast: Mapping[str, Any] | None = None,
) -> Replay:
    """Compute every node of `graph`, as meta/graph.json describes it, on the CPU.

    tensors: parameters and buffers by name. inputs: by path such as args[0], or in the graph's
    order. noise: what each random node drew; a dropout's is its mask (1 = kept). mode: "eval" or
    "train". autocast: that of the recorded pass. Raises ReplayRefusedError.
    """
    if graph.get("source") != "export":
        raise ReplayRefusedError(
            f"The graph holds module calls only, so it cannot be replayed: {graph.get('reason')!r}."
        )
    if len(graph["nodes"]) > NODES:
        raise ReplayRefusedError(f"The graph has {len(graph['nodes'])} nodes, above {NODES}.")
    if mode not in {"eval", "train"}:
        raise ValueError(f"mode must be 'eval' or 'train', got {mode!r}")
    if mode == "eval" and graph.get("eval"):
        graph = {**graph, **graph["eval"]}
    run = _Run(graph, tensors, _by_node(graph, inputs), noise or {}, mode)
    with torch.no_grad(), _casting(autocast):
        for node in graph["nodes"]:
            run.compute(node)
    outputs = {one["path"]: run.decode(one.get("value", one)) for one in graph["outputs"]}
    return Replay(run.values, outputs, run.batch)


class _Run:
    """The state of one replay."""

    def __init__(
        self, graph: Mapping[str, Any], tensors: Named, inputs: Named, noise: Named, mode: str
    ) -> None:
        self.values: dict[str, Any] = {}
        self.batch = _find_batch(graph, inputs)
        self._constants = graph["constants"]
        self._tensors, self._inputs, self._noise, self._mode = tensors, inputs, noise, mode
        self._bytes = 0

    def compute(self, node: Mapping[str, Any]) -> None:
        name = node["name"]
        if name in self.values:
            raise ReplayRefusedError(f"Node {name!r} stands twice in the graph.")
        value = self._value(node)
        self._check(node, value)
        self.values[name] = value

    def decode(self, value: Any) -> Any:
        """Return what an encoded argument stands for."""
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if "node" in value:
            return self._known(value["node"])
        return self._size(value) if "batch" in value else decode_literal(value)

    def _value(self, node: Mapping[str, Any]) -> Any:
        op, name = node["op"], node["name"]
        if op in {"parameter", "buffer"}:
            return _find(self._tensors, node["target"], f"a {op}")
        if op == "input":
            return node["value"] if "value" in node else _find(self._inputs, name, "an input")
        if op == "constant":
            return decode_constant(self._constants[name])
        if op == "getitem":
            source, index = node["args"]
            return self.decode(source)[index]
        if op not in OPERATIONS:
            raise ReplayRefusedError(f"Node {name!r} asks for {op!r}, which no replay may run.")
        return self._operate(node)

    def _operate(self, node: Mapping[str, Any]) -> Any:
        _, kind, overload = node["op"].split(".")
        encoded = in_eval_mode(kind, node["args"]) if self._mode == "eval" else node["args"]
        drawn = self._noise.get(node["name"])
        if drawn is not None and kind not in DROPOUTS:
            return drawn
        args = self.decode(list(encoded))
        if kind in DROPOUTS and drawn is not None:
            return args[0] * (drawn.to(args[0].dtype) / (1 - args[1]))
        if kind in DRAWS and not is_switched_off(kind, encoded):
            raise ReplayRefusedError(f"What node {node['name']!r} drew was not recorded.")
        if kind == "batch_norm" and is_training(kind, encoded):
            args[3:5] = [None if one is None else one.clone() for one in args[3:5]]
        self._check_declared(node)
        kwargs = {name: self.decode(value) for name, value in node["kwargs"].items()}
        with _casting(node.get("autocast")):
            result = _operation(kind, overload)(*args, **kwargs)
        return torch.zeros_like(result) if kind in {"empty", "empty_like", "new_empty"} else result

    def _check_declared(self, node: Mapping[str, Any]) -> None:
        # Before the operation runs: what it will allocate, by its own word.
        shapes = node.get("shapes", [node.get("shape", [])])
        for shape in shapes:
            size = 4
            for length in shape:
                size *= max(int(self.decode(length)), 1)
            if self._bytes + size > VALUE_BYTES:
                raise ReplayRefusedError(
                    f"Node {node['name']!r} brings the values above {VALUE_BYTES:,} bytes."
                )

    def _check(self, node: Mapping[str, Any], value: Any) -> None:
        if not isinstance(value, Tensor):
            return
        self._bytes += value.nbytes
        wanted = [self.decode(length) for length in node["shape"]]
        if list(value.shape) != wanted:
            raise ReplayRefusedError(
                f"Node {node['name']!r} has shape {list(value.shape)}, the graph says {wanted}."
            )

    def _known(self, name: str) -> Any:
        if name not in self.values:
            raise ReplayRefusedError(f"Node {name!r} is used before it is computed.")
        return self.values[name]

    def _size(self, value: Mapping[str, Any]) -> int | float:
        if self.batch is None:
            raise ReplayRefusedError("No input says how many samples there are.")
        times, power = value["batch"], value.get("power", 1)
        if isinstance(times, list):
            whole, rest = divmod(times[0] * self.batch**power, times[1])
            if rest:
                raise ReplayRefusedError(
                    f"The graph divides a batch of {self.batch} samples by {times[1]}."
                )
            return int(whole)
        size: int | float = times * self.batch**power
        return size


def _by_node(graph: Mapping[str, Any], inputs: Named | Sequence[Tensor]) -> dict[str, Tensor]:
    listed = [one for one in graph["inputs"] if "value" not in _node(graph, one["node"])]
    if isinstance(inputs, Mapping):
        return {one["node"]: _find(inputs, one["path"], "an input") for one in listed}
    if len(inputs) != len(listed):
        raise ReplayRefusedError(f"The graph takes {len(listed)} inputs, got {len(inputs)}.")
    return {one["node"]: tensor for one, tensor in zip(listed, inputs, strict=True)}


def _node(graph: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next((n for n in graph["nodes"] if n["name"] == name), {})
    return found


def _find_batch(graph: Mapping[str, Any], inputs: Named) -> int | None:
    if not graph["batch"]["dynamic"]:
        size: int | None = graph["batch"]["size"]
        return size
    for name, tensor in inputs.items():
        if _node(graph, name).get("shape", [None])[0] == {"batch": 1}:
            return int(tensor.shape[0])
    return None


def _find(tensors: Named, name: str, what: str) -> Tensor:
    found = tensors.get(name)
    if found is None:
        raise ReplayRefusedError(f"The graph needs {what} {name!r}, which was not given.")
    return found


def _operation(kind: str, overload: str) -> Callable[..., Any]:
    # Both names stand in the literal table: nothing else is ever looked up.
    found: Callable[..., Any] = getattr(getattr(torch.ops.aten, kind), overload)
    return found


def _casting(autocast: Mapping[str, Any] | None) -> ExitStack:
    stack = ExitStack()
    if autocast is not None:
        dtype = decode_literal({"dtype": autocast["dtype"]})
        stack.enter_context(torch.autocast("cpu", dtype=dtype, enabled=bool(autocast["enabled"])))
    return stack

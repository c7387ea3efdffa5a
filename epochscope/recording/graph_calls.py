"""Describes a model by the order of its module calls, where its operations cannot be exported."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree

from epochscope.recording.graph_batch import batch_size
from epochscope.recording.graph_export import input_path
from epochscope.recording.graph_nodes import word
from epochscope.recording.output_tree import name_leaves

_ATTRIBUTES = ("kernel_size", "stride", "padding", "dilation", "groups")


def trace_calls(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Run `model` once and describe every call of a module that holds no other modules.

    `model` must be a twin: the pass writes to its buffers. Edges follow tensors through any
    functions between the modules; a call whose inputs come from nowhere known has none.
    """
    inputs = pytree.tree_map(
        lambda v: v.clone() if isinstance(v, torch.Tensor) else v, (args, kwargs)
    )
    trace = _Trace()
    handles = [m.register_forward_hook(trace.hook(n), with_kwargs=True) for n, m in _leaves(model)]
    listed = trace.add_inputs(inputs)
    try:
        with torch.no_grad(), trace:
            outputs = model(*inputs[0], **inputs[1])
    finally:
        for handle in handles:
            handle.remove()
    described = describe_calls(batch_size((args, kwargs)), "the graph holds module calls only")
    described |= {"nodes": trace.nodes, "inputs": listed, "outputs": trace.name_outputs(outputs)}
    return described


def describe_calls(size: int | None, reason: str) -> dict[str, Any]:
    """Describe a pass of which no call is known, because of `reason`."""
    batch = {"size": size, "dynamic": False, "reason": reason}
    empty: dict[str, Any] = {"nodes": [], "inputs": [], "outputs": [], "written": {}}
    return empty | {"constants": {}, "batch": batch}


class _Trace(TorchFunctionMode):
    """Follows which module call each tensor of a running forward pass descends from."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[dict[str, Any]] = []
        self._sources: dict[int, list[str]] = {}
        self._held: list[torch.Tensor] = []  # so that no id is used twice
        self._calls: dict[str, int] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Let results descend from whatever their arguments descend from."""
        result = func(*args, **(kwargs or {}))
        made = [t for t in tensors_of(result) if id(t) not in self._sources]
        if made:
            sources = self._from((args, kwargs or {}))
            for tensor in made:
                self._note(tensor, sources)
        return result

    def add_inputs(self, inputs: Any) -> list[dict[str, Any]]:
        """Add a node for every tensor handed to the model."""
        listed = []
        for keys, leaf in pytree.tree_flatten_with_path(inputs)[0]:
            for tensor in tensors_of(leaf):
                name = f"input_{len(self.nodes)}"
                self.nodes.append({"name": name, "op": "input", **_describe(tensor)})
                self._note(tensor, [name])
                listed.append({"path": input_path(keys), "node": name})
        return listed

    def name_outputs(self, outputs: Any) -> list[dict[str, Any]]:
        """Name the calls that the model's outputs descend from."""
        return [
            {"path": path, "nodes": self._from(leaf)}
            for path, leaf in name_leaves(outputs)
            if any(True for _ in tensors_of(leaf))
        ]

    def hook(self, path: str) -> Callable[..., None]:
        """Make a forward hook that adds a node for each call of the module at `path`."""

        def add(module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
            call = self._calls[path] = self._calls.get(path, 0) + 1
            name = path if call == 1 else f"{path}#{call}"
            node: dict[str, Any] = {
                "name": name,
                "op": "call",
                "type": type(module).__name__,
                "module": path,
            }
            node |= {"call": call, "inputs": self._from((args, kwargs)), **_attributes(module)}
            made = list(tensors_of(output))
            self.nodes.append(node | (_describe(made[0]) if made else {}))
            for tensor in made:
                self._note(tensor, [name])

        return add

    def _note(self, tensor: torch.Tensor, sources: list[str]) -> None:
        self._sources[id(tensor)] = sources
        self._held.append(tensor)

    def _from(self, value: Any) -> list[str]:
        named = [name for t in tensors_of(value) for name in self._sources.get(id(t), ())]
        return list(dict.fromkeys(named))


def tensors_of(value: Any) -> Iterator[torch.Tensor]:
    """Yield the tensors in nested tuples (packed sequences too), lists, dicts and objects."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_of(item)
    elif isinstance(value, dict):
        yield from tensors_of(list(value.values()))
    elif hasattr(value, "__dataclass_fields__"):
        yield from tensors_of([getattr(value, name) for name in value.__dataclass_fields__])


def _leaves(model: nn.Module) -> list[tuple[str, nn.Module]]:
    whole = (nn.MultiheadAttention,)  # their inner modules are never called
    inside = [n for n, m in model.named_modules() if isinstance(m, whole)]
    return [
        (name, module)
        for name, module in model.named_modules()
        if (isinstance(module, whole) or not list(module.children()))
        and not any(name.startswith(f"{outer}.") for outer in inside)
    ]


def _attributes(module: nn.Module) -> dict[str, Any]:
    found = {
        n: getattr(module, n)
        for n in _ATTRIBUTES
        if isinstance(getattr(module, n, None), int | tuple)
    }
    named = {n.replace("kernel_size", "kernel"): v for n, v in found.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in named.items()
    }


def _describe(tensor: torch.Tensor) -> dict[str, Any]:
    return {"shape": list(tensor.shape), "dtype": word(tensor.dtype)}

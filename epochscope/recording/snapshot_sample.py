"""Keeps one batch of a snapshot's pass: inputs, draws, random state and outputs, for replay."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from epochscope.recording.graph_export import input_path
from epochscope.recording.graph_operations import RANDOM
from epochscope.recording.isolation import ambient_autocast
from epochscope.recording.output_tree import name_leaves

SAMPLE_BYTES = 16 << 20  # of inputs; of a larger batch only the first rows are kept

Named = dict[str, Tensor]


class Draws(TorchDispatchMode):
    """Keeps what every random operation draws, in order."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.drawn: list[tuple[str, Tensor]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation and keep a copy of what it drew."""
        result = func(*args, **(kwargs or {}))
        kind = func._schema.name.split("::")[1].rstrip("_").removesuffix("_functional")
        if kind in RANDOM:
            drawn = result[1] if kind == "native_dropout" else result  # the mask
            self.drawn.append((kind, drawn.detach().clone()))
        return result


class RootCalls:
    """Keeps the first inputs and outputs of each watched model, as the graph names them."""

    def __init__(self, roots: Mapping[str, nn.Module]) -> None:
        self._roots = roots
        self._handles: list[Any] = []
        self.inputs: dict[str, Named] = {}  # root -> path -> tensor
        self.outputs: dict[str, Named] = {}
        self.training: dict[str, bool] = {}
        self.autocast: dict[str, dict[str, object] | None] = {}

    def __enter__(self) -> "RootCalls":
        for name, root in self._roots.items():
            self._handles += [
                root.register_forward_pre_hook(self._before(name), with_kwargs=True),
                root.register_forward_hook(self._after(name)),
            ]
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _before(self, name: str) -> Any:
        def keep(module: nn.Module, args: Any, kwargs: Any) -> None:
            if name not in self.inputs:
                self.training[name] = module.training
                self.autocast[name] = ambient_autocast()
                self.inputs[name] = _name_inputs((args, kwargs))

        return keep

    def _after(self, name: str) -> Any:
        def keep(module: nn.Module, args: Any, output: Any) -> None:
            if name not in self.outputs:
                self.outputs[name] = _tensors(name_leaves(output))

        return keep


class SampleBatch:
    """The sample batch of a snapshot: what a replay needs, and what it must give."""

    def __init__(self, roots: Mapping[str, nn.Module], graph: Mapping[str, Any] | None) -> None:
        self._roots, self._graph = roots, graph
        self.tensors: Named = {}
        self.about: dict[str, Any] = {}
        self.taken = False

    def take(self, run: Callable[[], Any], inputs: Any, targets: Any, images: Tensor) -> Any:
        """Run the forward pass and keep it; returns its outputs."""
        self.taken = True
        self.tensors["random_state"] = torch.get_rng_state()
        if torch.cuda.is_initialized():
            self.tensors["random_state_cuda"] = torch.stack(torch.cuda.get_rng_state_all())
        with RootCalls(self._roots) as calls, Draws() as draws:
            outputs = run()
        root = next(iter(calls.outputs), None)  # None: its parts were called, not the model
        if root is None:
            given, made = _name_inputs((inputs, {})), _tensors(name_leaves(outputs))
        else:
            given, made = calls.inputs[root], calls.outputs[root]
        training = bool(root is not None and calls.training[root])
        graph = self._graph_of(root, training)
        noise, lost = match_draws(graph, draws.drawn, len(images)) if graph else ({}, 0)
        self.about |= {"model": root, "mode": "train" if training else "eval", "lost_draws": lost}
        self.about["autocast"] = calls.autocast.get(root) if root is not None else None
        rows = self._rows(given, training, graph, len(images))
        self._keep("inputs", given, rows, len(images))
        self._keep("outputs", made, rows, len(images))
        self._keep("noise", noise, rows, len(images))
        self.tensors["images"] = images[:rows]
        if isinstance(targets, Tensor):
            self.tensors["targets"] = targets[:rows]
        return outputs

    def _graph_of(self, root: str | None, training: bool) -> Mapping[str, Any] | None:
        if self._graph is None or root is None:
            return None
        parts = self._graph.get("parts")
        graph: Mapping[str, Any] | None = parts.get(root) if parts else self._graph
        if not graph or graph["source"] != "export":
            return None
        return graph.get("eval") or graph if not training else graph

    def _rows(self, given: Named, training: bool, graph: Any, batch: int) -> int:
        # In train mode every sample has a part in every output; a fixed graph needs all rows.
        size = sum(t.nbytes for t in given.values())
        if training or size <= SAMPLE_BYTES or not (graph and graph["batch"]["dynamic"]):
            return batch
        return max(1, batch * SAMPLE_BYTES // size)

    def _keep(self, kind: str, named: Named, rows: int, batch: int) -> None:
        self.about[kind] = list(named)
        for index, tensor in enumerate(named.values()):
            whole = not tensor.dim() or tensor.shape[0] != batch
            self.tensors[f"{kind}/{index}"] = tensor if whole else tensor[:rows]


def match_draws(
    graph: Mapping[str, Any], drawn: list[tuple[str, Tensor]], batch: int
) -> tuple[Named, int]:
    """Name draws by the graph's random nodes, both in order; also counts those without a node.

    Nodes that drew nothing (dropout in eval mode) are passed over.
    """
    waiting = [n for n in graph["nodes"] if n.get("type") in RANDOM]
    found: Named = {}
    lost = 0
    for kind, tensor in drawn:
        index = next((i for i, n in enumerate(waiting) if _fits(n, kind, tensor, batch)), None)
        if index is None:
            lost += 1
        else:
            found[waiting[index]["name"]] = tensor
            del waiting[: index + 1]
    return found, lost


def _fits(node: Mapping[str, Any], kind: str, tensor: Tensor, batch: int) -> bool:
    wanted = node["type"].removesuffix("_functional")
    same = wanted == kind or ("dropout" in wanted and kind in {"bernoulli", "native_dropout"})
    shape = [_size(size, batch) for size in node.get("shape", ())]
    return bool(same and shape == list(tensor.shape))


def _size(size: Any, batch: int) -> int:
    if isinstance(size, dict):
        times = size["batch"]
        number, divisor = times if isinstance(times, list) else (times, 1)
        return int(number * batch ** size.get("power", 1) // divisor)
    return int(size)


def _name_inputs(inputs: Any) -> Named:
    # Of (args, kwargs).
    leaves = pytree.tree_flatten_with_path(inputs)[0]
    return _tensors([(input_path(keys), leaf) for keys, leaf in leaves])


def _tensors(leaves: list[tuple[str, Any]]) -> Named:
    return {path: v.detach().clone() for path, v in leaves if isinstance(v, Tensor)}

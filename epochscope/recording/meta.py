"""The facts of a run that are written once: its layers, its classes, its versions."""

import platform
from collections.abc import Mapping, Sequence

import pyarrow as pa
import torch

import epochscope
from epochscope.recording.layers import Node
from epochscope.recording.nonlinearity import Nonlinearity
from epochscope.schema import META

Optimizers = Mapping[str, torch.optim.Optimizer]


def describe_layers(
    nodes: Sequence[Node],
    optimizers: Optimizers,
    order: Mapping[int, int],
    nonlinearities: Mapping[int, Nonlinearity] | None,
) -> pa.Table:
    """Return the table `layers`; `order` and `nonlinearities` by index, None before any pass."""
    groups = _groups(optimizers)
    rows = []
    for node in nodes:
        layer = node.layer
        pieces = layer.weights if layer is not None else ()
        parameters = [piece.of(piece.parameter) for piece in pieces]
        activation = None
        if layer is not None and layer.tap is not None and nonlinearities is not None:
            activation = "post" if node.index in nonlinearities else "pre"
        rows.append(
            {
                "layer": node.index,
                "parent": node.parent,
                "kind": "module" if layer is None and node.tied_to is None else "layer",
                "name": node.name,
                "type": node.type,
                "order": order.get(node.index, len(order) + node.index),
                "neurons": layer.neurons if layer is not None else None,
                "weights": sum(one.numel() for one in parameters),
                "shape": list(parameters[0].shape) if parameters else None,
                "activation": activation,
                "tied_to": node.tied_to,
                "frozen": bool(parameters) and not any(p.requires_grad for p in parameters),
                "group": next(
                    (groups[id(p.parameter)] for p in pieces if id(p.parameter) in groups), None
                ),
            }
        )
    return pa.Table.from_pylist(rows, schema=META["layers"].schema)


def _groups(optimizers: Optimizers) -> dict[int, str]:
    return {
        id(one): name
        for name, group in named_groups(optimizers)
        for one in group["params"]  # type: ignore[attr-defined]
    }


def named_groups(optimizers: Optimizers) -> list[tuple[str, dict[str, object]]]:
    """Return (name, parameter group) of all optimizers; the name is what `lr/<group>` carries."""
    found = []
    for prefix, optimizer in optimizers.items():
        for position, group in enumerate(optimizer.param_groups):
            name = str(group.get("name", position))
            found.append((".".join(filter(None, (prefix, name))), group))
    return found


def describe_run(
    config: Mapping[str, object] | None,
    class_names: Sequence[str] | None,
    total_steps: int | None,
    roles: Mapping[str, object] | None,
    nodes: Sequence[Node],
) -> dict[str, object]:
    """Return the facts of run.json, as JSON values."""
    parameters = {id(p): p for n in nodes for p in n.module.parameters()}
    return {
        "config": {str(key): _plain(value) for key, value in (config or {}).items()},
        "class_names": [str(name) for name in class_names or ()],
        "total_steps": total_steps,
        "roles": {str(key): _plain(value) for key, value in (roles or {}).items()},
        "parameters": sum(one.numel() for one in parameters.values()),
        "device": str(next(iter(parameters.values())).device) if parameters else "cpu",
        "versions": {
            "epochscope": epochscope.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }


def _plain(value: object) -> object:
    """Return a value as JSON can hold it; anything unknown as its text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return str(value)

"""Describes what a model computes, as our own JSON: its operations, modules, inputs and outputs."""

from typing import Any

import torch
from torch import nn

from epochscope.recording.graph_batch import batch_size
from epochscope.recording.graph_calls import describe_calls, trace_calls
from epochscope.recording.graph_export import export_graph, first_line
from epochscope.recording.graph_layers import find_sampling
from epochscope.recording.isolation import ambient_autocast, copy_for_tracing, randomness_kept
from epochscope.recording.sinks import LossSinks

__all__ = ["FORMAT", "LossSinks", "describe_graph"]

FORMAT = 1


def describe_graph(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Describe the forward pass of `model` over these inputs, in train mode.

    Nothing of the model or the random states is changed. Where export refuses, nodes and edges
    come from the order of module calls ("source": "calls") and "reason" says why.
    """
    given = kwargs or {}
    graph: dict[str, Any] = {
        "format": FORMAT,
        "torch": torch.__version__,
        "source": "export",
        "reason": "",
    }
    graph["autocast"] = ambient_autocast()
    graph["modules"] = _list_modules(model)
    graph["parameters"] = _list_tensors(model.named_parameters(remove_duplicate=False))
    graph["buffers"] = _list_tensors(model.named_buffers(remove_duplicate=False))
    with randomness_kept(), torch.enable_grad():
        try:
            with copy_for_tracing(model) as twin:
                graph |= export_graph(twin, args, given)
        except Exception as refusal:  # noqa: BLE001 - the model's own code runs here
            graph |= {"source": "calls", "reason": first_line(refusal)}
            graph |= _trace(model, args, given)
    return graph | {"sampling": find_sampling(graph["nodes"])}


def _trace(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        with copy_for_tracing(model) as twin:
            return trace_calls(twin, args, kwargs)
    except Exception as failure:  # noqa: BLE001 - the training's own pass will say it again
        return describe_calls(batch_size((args, kwargs)), first_line(failure))


def _list_modules(model: nn.Module) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": type(module).__name__, "training": module.training}
        for name, module in model.named_modules()
    ]


def _list_tensors(named: Any) -> list[dict[str, Any]]:
    first: dict[int, str] = {}
    listed = []
    for name, tensor in named:
        entry: dict[str, Any] = {"name": name, "shape": list(tensor.shape)}
        entry["dtype"] = str(tensor.dtype).removeprefix("torch.")
        if first.setdefault(id(tensor), name) != name:
            entry["same_as"] = first[id(tensor)]
        listed.append(entry)
    return listed

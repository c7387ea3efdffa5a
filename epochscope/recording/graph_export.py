"""Exports a model and reads the program that torch.export sees into our own JSON."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from epochscope.recording.graph_batch import (
    batch_size,
    doubled_batches,
    merge_sizes,
)
from epochscope.recording.graph_modes import differs_in_eval
from epochscope.recording.graph_nodes import NodeReader
from epochscope.recording.output_tree import name_leaves, returning_dicts

Inputs = tuple[tuple[Any, ...], dict[str, Any]]


def export_graph(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Describe the operations of one forward pass in the model's mode, and in eval mode.

    What follows the batch size says so. "eval" is null where eval mode differs by no more than
    what in_eval_mode() switches. `model` must be a twin: it is left in eval mode, and changed.
    """
    model.forward = returning_dicts(model.forward)
    single = _export_once(model, (args, kwargs))
    graph = single | _follow_batch(model, single, (args, kwargs))
    model.eval()  # the mode of the network, not Python's eval(): the graph is that of validation
    try:
        other = _export_once(model, (args, kwargs))
    except Exception as refusal:  # noqa: BLE001 - the model's own code runs here
        return graph | {"eval": None, "eval_reason": first_line(refusal)}
    if not differs_in_eval(single, other):
        return graph | {"eval": None, "eval_reason": ""}
    evaluating = other | _follow_batch(model, other, (args, kwargs))
    return graph | {"eval": evaluating, "eval_reason": ""}


def _follow_batch(model: nn.Module, single: dict[str, Any], inputs: Inputs) -> dict[str, Any]:
    # The same graph with what follows the batch size, as far as a second export tells.
    size = batch_size(inputs)
    batch: dict[str, Any] = {"size": size, "dynamic": False, "reason": ""}
    if size is None:
        return {"batch": batch | {"reason": "no input has a first axis"}}
    for twice in doubled_batches(inputs, size):
        try:
            merged = merge_sizes(single, _export_once(model, twice), size, "graph")
        except Exception as refusal:  # noqa: BLE001 - the model's own code runs here
            batch["reason"] = batch["reason"] or first_line(refusal)
        else:
            return {**merged, "batch": batch | {"dynamic": True, "reason": ""}}
    return {"batch": batch}


def first_line(error: BaseException) -> str:
    """Return an error's type and the first line of its text."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:300] if text else ''}"


def _export_once(model: nn.Module, inputs: Inputs) -> dict[str, Any]:
    with _quietly(), _values_unread():
        program = torch.export.export(model, *inputs, strict=False)
    reader = NodeReader(program, _first_names(model))
    outputs = reader.read()
    return {
        "nodes": reader.nodes,
        "inputs": _name_inputs(reader, inputs),
        "outputs": _name_outputs(program, outputs),
        "written": reader.written(),
        "constants": reader.constants,
    }


def _name_inputs(reader: NodeReader, inputs: Inputs) -> list[dict[str, Any]]:
    nodes = [node["name"] for node in reader.nodes if node["op"] == "input"]
    paths = [input_path(keys) for keys, _ in pytree.tree_flatten_with_path(inputs)[0]]
    return [{"path": p, "node": n} for p, n in zip(paths, nodes, strict=True)]


def _name_outputs(program: torch.export.ExportedProgram, encoded: list[Any]) -> list[Any]:
    specs = program.graph_signature.output_specs
    values = [v for v, s in zip(encoded, specs, strict=True) if s.kind.name == "USER_OUTPUT"]
    tree = pytree.tree_unflatten(list(range(len(values))), program.call_spec.out_spec)
    paths = [path for path, _ in name_leaves(tree)]
    return [
        {"path": path, **(value if isinstance(value, dict) else {"value": value})}
        for path, value in zip(paths, values, strict=True)
    ]


def input_path(keys: Any) -> str:
    """Name a leaf of (args, kwargs): args[0] or kwargs['mask']."""
    kind, *rest = keys
    return ("kwargs" if kind.idx else "args") + pytree.keystr(tuple(rest))


def _first_names(model: nn.Module) -> dict[str, str]:
    """Map every name of a parameter or buffer to the first name of the same tensor."""
    parameters = model.named_parameters(remove_duplicate=False)
    named = [*parameters, *model.named_buffers(remove_duplicate=False)]
    first: dict[int, str] = {}
    return {name: first.setdefault(id(tensor), name) for name, tensor in named}


@contextmanager
def _values_unread() -> Iterator[None]:
    # Both branch on values, which export refuses: the argument checks of distributions, and the
    # transformer layers' look whether a mask is causal (a hint: the mask itself says the same).
    base, layers = torch.distributions.Distribution, torch.nn.modules.transformer
    checked, detect = base._validate_args, layers._detect_is_causal_mask
    base.set_default_validate_args(False)
    layers._detect_is_causal_mask = lambda mask, is_causal=None, size=None: is_causal is True
    try:
        yield
    finally:
        base._validate_args, layers._detect_is_causal_mask = checked, detect


@contextmanager
def _quietly() -> Iterator[None]:
    # A refused export prints the graph it had so far; its reason is what we keep.
    logger = logging.getLogger("torch")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)

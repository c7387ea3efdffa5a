"""Walks what a model returns: nested tuples, lists, dicts and dataclasses of tensors."""

import copy
import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.utils import _pytree as pytree


def as_dicts(value: Any) -> Any:
    """Return `value` with the dataclasses in it as dicts of their fields."""
    return pytree.tree_map(_as_dict, value)


def name_leaves(value: Any) -> list[tuple[str, Any]]:
    """Return (path, leaf) of a model's outputs; paths as output, output[0], output['logits']."""
    leaves = pytree.tree_flatten_with_path(as_dicts(value))[0]
    return [("output" + pytree.keystr(keys), leaf) for keys, leaf in leaves]


def detach(value: Any) -> Any:
    """Return outputs with every tensor detached from the autograd graph."""
    return pytree.tree_map(_detach, value)


def _as_dict(leaf: Any) -> Any:
    if not _is_record(leaf):
        return leaf
    return {one.name: as_dicts(getattr(leaf, one.name)) for one in dataclasses.fields(leaf)}


def _detach(leaf: Any) -> Any:
    if isinstance(leaf, Tensor):
        return leaf.detach()
    if not _is_record(leaf):
        return leaf
    twin = copy.copy(leaf)
    for one in dataclasses.fields(leaf):
        # Past the __setattr__ of frozen ones.
        object.__setattr__(twin, one.name, detach(getattr(leaf, one.name)))
    return twin


def _is_record(leaf: Any) -> bool:
    return dataclasses.is_dataclass(leaf) and not isinstance(leaf, type)


def returning_dicts(forward: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a model's forward so that it returns no dataclass, which export would refuse."""

    @functools.wraps(forward)  # export names inputs by the signature
    def plain(*args: Any, **kwargs: Any) -> Any:
        return as_dicts(forward(*args, **kwargs))

    return plain

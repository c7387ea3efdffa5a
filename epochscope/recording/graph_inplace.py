"""Turns in-place operations into new nodes, so that no value of the graph is ever overwritten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

# (tensor's name, operation, arguments, keyword arguments, traced value) -> the new node's name
Emit = Callable[[str, str, list[Any], dict[str, Any], Any], str]


class GraphRefusedError(Exception):
    """The model's graph cannot be written as operations; the message says why."""


@dataclass(frozen=True)
class View:
    """How one traced tensor came to share memory with another."""

    base: str
    op: str
    args: list[Any]  # without the base
    kwargs: dict[str, Any]
    value: Any  # as traced
    base_value: Any


_SAME_SHAPE = {"view", "reshape", "flatten", "unflatten", "unsqueeze", "squeeze", "_unsafe_view"}
_IDENTITY = {"detach", "alias", "lift_fresh", "contiguous", "to"}
_SCATTER = {"select": "select_scatter", "slice": "slice_scatter", "diagonal": "diagonal_scatter"}


class Versions:
    """Follows which node holds the newest value of each traced tensor, through views too."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._newest: dict[str, str] = {}
        self._stale: set[str] = set()
        self._views: dict[str, View] = {}

    def newest(self, name: str) -> str:
        """Return the node that holds the value of tensor `name` now."""
        if name in self._stale:
            self._stale.discard(name)
            view = self._views[name]
            args = [{"node": self.newest(view.base)}, *view.args]
            self._newest[name] = self._emit(name, view.op, args, view.kwargs, view.value)
        return self._newest.get(name, name)

    def changed(self, names: Sequence[str]) -> dict[str, str]:
        """Return name -> newest node of those tensors that were written to."""
        return {name: self.newest(name) for name in names if self.newest(name) != name}

    def add_view(self, name: str, view: View) -> None:
        """Note that tensor `name` shares memory with the view's base."""
        self._views[name] = view

    def write(self, name: str, node: str) -> None:
        """Note that tensor `name` was overwritten in place by the value of `node`."""
        self._set(name, node, without=name)
        while name in self._views:
            view = self._views[name]
            node = self._put_back(view, node)
            self._set(view.base, node, without=name)
            name = view.base

    def _set(self, name: str, node: str, without: str) -> None:
        self._newest[name] = node
        self._stale.discard(name)
        self._outdate(name, without)

    def _outdate(self, name: str, without: str) -> None:
        for view, how in self._views.items():
            if how.base == name and view != without:
                self._stale.add(view)
                self._outdate(view, view)

    def _put_back(self, view: View, source: str) -> str:
        kind, whole, new = view.op.split(".")[1], view.base_value, {"node": source}
        if kind in _IDENTITY:
            return source
        if kind in _SAME_SHAPE:
            shape = [int(size) for size in whole.shape]
            return self._emit(view.base, "aten.reshape.default", [new, shape], {}, whole)
        if kind in _SCATTER:
            args = [{"node": self.newest(view.base)}, new, *view.args]
            op = f"aten.{_SCATTER[kind]}.default"
            return self._emit(view.base, op, args, view.kwargs, whole)
        if kind in {"transpose", "t"}:
            return self._emit(view.base, view.op, [new, *view.args], {}, whole)
        raise GraphRefusedError(f"an in-place operation writes through {view.op!r}")


def functional_of(target: Any) -> Any:
    """Return the aten operation that computes what the in-place or out= `target` writes."""
    packet, overload = target._schema.name.split("::")[1].rstrip("_"), target._overloadname
    if (packet, overload) == ("bernoulli", "float"):
        return torch.ops.aten.bernoulli.p
    arguments = [a.name for a in target._schema.arguments if a.name != "out"]
    for name in (packet, f"{packet}_functional"):
        family = getattr(torch.ops.aten, name, None)
        for one in [overload, *(family.overloads() if family and overload == "out" else ())]:
            found = getattr(family, one, None)
            if found is None or found._schema.is_mutable:
                continue
            if overload != "out" or [a.name for a in found._schema.arguments] == arguments:
                return found
    raise GraphRefusedError(f"operation {target!s} has no form that leaves its input alone")

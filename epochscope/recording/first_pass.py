"""Learns from the first forward pass in training: the graph, the order of layers, what follows."""

import json
import os
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from epochscope.recording.border import Border
from epochscope.recording.cost import Ledger
from epochscope.recording.graph import LossSinks, describe_graph
from epochscope.recording.layers import Layer, Models, Node, named_roots
from epochscope.recording.nonlinearity import Nonlinearity, find_in_graph, nonlinearity_of
from epochscope.recording.taps import Taps

GRAPH_SWITCH = "EPOCHSCOPE_GRAPH"  # "off": the graph is not exported


class FirstPass:
    """Watches the training passes of the first step, then lets go of the model."""

    def __init__(
        self, model: Models, nodes: tuple[Node, ...], border: Border, ledger: Ledger
    ) -> None:
        """Attach to every root, layer and activation module of the model or models."""
        self.graphs: dict[str, dict[str, Any]] = {}
        self.order: dict[int, int] = {}  # layer index -> place in the first execution
        self._by_module: dict[int, Nonlinearity] = {}  # layer index -> what was called on it
        self.passes = "training"  # which passes are looked at: "training", "all" or "none"
        self._alone = isinstance(model, nn.Module)
        self._border = border
        self._ledger = ledger
        self._sinks = LossSinks()
        self._taps = Taps()
        self._outputs: dict[int, tuple[Tensor, int]] = {}
        self._layers = tuple(node.layer for node in nodes if node.layer is not None)
        self._attach(model)

    def _attach(self, model: Models) -> None:
        for name, root in named_roots(model):
            self._taps.on_input(root, self._before_root, name)
            self._taps.on_output(root, self._after_root, name)
            for module in root.modules():
                nonlinearity = nonlinearity_of(module)
                if nonlinearity is not None:
                    self._taps.on_input(module, self._before_activation, nonlinearity)
        for layer in self._layers:
            self._taps.on_output(layer.module, self._after_layer, layer)

    def _before_root(
        self, name: str, root: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if not self._looks() or name in self.graphs or self._border.shut:
            return
        if os.environ.get(GRAPH_SWITCH, "").lower() != "off":
            with self._ledger.timed("graph"):
                graph = self._border.call("graph", describe_graph, root, args, kwargs)
            if graph is not None:
                self.graphs[name] = graph

    def _after_root(self, name: str, root: nn.Module, args: object, output: object) -> None:
        if torch.is_grad_enabled() and self._looks():
            self._sinks.watch(output, prefix=f"{name}." if name else "")

    def _after_layer(self, layer: Layer, module: nn.Module, args: object, output: object) -> None:
        if self._looks():
            self.order.setdefault(layer.index, len(self.order))
            tensor = layer.activation(output)
            if tensor is not None and layer.tap is not None:
                self._outputs[id(tensor)] = tensor, layer.index

    def _before_activation(
        self,
        nonlinearity: Nonlinearity,
        module: nn.Module,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        if args and id(args[0]) in self._outputs:
            self._by_module.setdefault(self._outputs[id(args[0])][1], nonlinearity)

    def _looks(self) -> bool:
        return self.passes == "all" or (self.passes == "training" and torch.is_grad_enabled())

    @property
    def seen(self) -> bool:
        """Tell whether a training pass went through any layer."""
        return bool(self.order)

    def finish(self, scalars: Mapping[str, object]) -> None:
        """Tie the step's scalars to the outputs they came from, and remove every hook."""
        self._taps.remove()
        self._outputs.clear()
        if self.graphs:
            sinks = self._sinks.tie(scalars)
            for graph in self.graphs.values():
                graph["loss_sinks"] = sinks
        self._sinks.forget()

    def nonlinearities(self) -> dict[int, Nonlinearity]:
        """Return layer index -> the non-linearity its output feeds, where one is known."""
        by_name = {layer.name: layer.index for layer in self._layers if layer.tap is not None}
        found: dict[int, Nonlinearity] = {}
        for prefix, graph in self.graphs.items():
            for name, nonlinearity in find_in_graph(graph, prefix).items():
                if name in by_name:
                    found[by_name[name]] = nonlinearity
        return found | self._by_module

    def graph(self) -> dict[str, Any] | None:
        """Return the graph as it is stored: of the model, or {"parts": graph of each model}."""
        if not self.graphs:
            return None
        if self._alone:
            return next(iter(self.graphs.values()))
        return {"format": 1, "parts": self.graphs}

    def graph_bytes(self) -> bytes | None:
        """Return meta/graph.json; None where nothing was described."""
        graph = self.graph()
        return None if graph is None else json.dumps(graph, separators=(",", ":")).encode()

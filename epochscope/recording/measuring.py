"""Turns the copies of a recorded step into rows, in the writer thread, layer by layer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from epochscope.recording.activations import Measured
from epochscope.recording.capturing import Capture, Tensors
from epochscope.recording.changes import measure_change
from epochscope.recording.layers import Layer, Node
from epochscope.recording.nonlinearity import Nonlinearity
from epochscope.recording.pooling import Part, group_layers
from epochscope.recording.samples import share_changes
from epochscope.recording.statistics import (
    Rows,
    Whole,
    as_rows,
    measure,
    measure_rows,
    measure_whole,
)
from epochscope.recording.tables import Tables


@dataclass(frozen=True)
class Past:
    """A layer's weights at its previous row of a series."""

    step: int
    weights: Tensor  # (filter, weight)
    rows: Rows
    part: Part  # of the weights: modules count frozen ones where they get no row


class Measurer:
    """Measures recorded steps one after the other; remembers the weights of each series."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        """Measure the layers of a tree; `nonlinearities` may be filled in later, by layer index."""
        self._layers = tuple(node.layer for node in nodes if node.layer is not None)
        self._modules = group_layers(nodes)
        self._latest: dict[str, int] = {}  # step of each series' last rows
        self._past: dict[tuple[str, int], Past] = {}
        self.nonlinearities: dict[int, Nonlinearity] = {}

    def measure(self, capture: Capture, tables: Tables) -> Iterator[None]:
        """Add the rows of one recorded step to `tables`, pausing after each layer."""
        for layer in self._layers:
            self._measure_layer(layer, capture, tables)
            yield
        for module, inside in self._modules.items():
            tables.add_module(module, inside)
            yield
        self._latest[capture.series] = capture.step

    def _measure_layer(self, layer: Layer, capture: Capture, tables: Tables) -> None:
        index = layer.index
        active = capture.measured.get(index) or capture.activations.measure(
            layer, self.nonlinearities.get(index)
        )
        if index in capture.weights:
            self._measure_weights(layer, capture, tables, active)
        if index in capture.biases:
            tables.add_layer(layer, "bias", measure(_flat(capture.biases.pop(index))))
        if active is not None and active.whole is not None:
            tables.add_layer(layer, "activation", active.whole)

    def _measure_weights(
        self, layer: Layer, capture: Capture, tables: Tables, active: Measured | None
    ) -> None:
        weights = _matrix(layer, capture.weights.pop(layer.index))
        past = self._past.get((capture.series, layer.index))
        if past is not None and _is_frozen(layer) and torch.equal(weights, past.weights):
            tables.keep_weights(layer, past.part.stay(self._latest[capture.series]))
            return  # recorded at step 0 and whenever it changes after all
        rows = measure_rows(weights)
        change = share = None
        if past is not None:
            change = measure_change(weights, past.weights, rows, past.rows)
            share = share_changes(weights, past.weights)
        tables.previous = None if past is None else past.step
        updates = _measure_update(layer, capture, tables, weights)
        gradient = self._measure_gradient(layer, capture, tables)
        lengths = None if change is None else change.lengths
        part = Part(measure_whole(weights, rows), tables.previous, lengths, share, updates)
        tables.add_weights(layer, part, change)
        if layer.neurons is not None:
            tables.add_filters(layer, rows, change, gradient, active)
        tables.previous = None
        self._past[capture.series, layer.index] = Past(capture.step, weights, rows, part)

    def _measure_gradient(self, layer: Layer, capture: Capture, tables: Tables) -> Rows | None:
        gradients = capture.gradients.pop(layer.index, None)
        if gradients is None:
            return None
        matrix = as_rows(_flat(gradients)) if layer.parametrised else _matrix(layer, gradients)
        rows = measure_rows(matrix)
        if capture.skipped:  # the optimizer never saw them; only what is broken is told
            seen = Whole(rows.elements, rows.nan, rows.pos_inf, rows.neg_inf)
            tables.add_layer(layer, "gradient", seen)
            return None
        tables.add_layer(layer, "gradient", measure_whole(matrix, rows))
        return None if layer.parametrised else rows


def _measure_update(
    layer: Layer, capture: Capture, tables: Tables, weights: Tensor
) -> tuple[float | None, float | None]:
    """Add the row of the one-step update; return the l2 of its gradient and decay parts."""
    tensors = capture.before.pop(layer.index, None)
    if tensors is None or capture.skipped:
        return None, None
    before = _matrix(layer, tensors)
    update = weights - before
    rows = measure_rows(update)
    whole = measure_whole(update, rows)
    tables.add_layer(layer, "update", whole)
    factor = capture.decay.get(layer.index)
    if factor is None:
        return None, None
    if factor == 0.0:
        return whole.l2, 0.0
    decay = before * -factor
    return measure(update - decay).l2, measure(decay).l2


def _is_frozen(layer: Layer) -> bool:
    return not any(piece.parameter.requires_grad for piece in layer.weights)


def _matrix(layer: Layer, tensors: Tensors) -> Tensor:
    arranged = layer.arrange(tensors)
    return as_rows(_flat(tensors)) if arranged is None else arranged


def _flat(tensors: Tensors) -> Tensor:
    return (
        tensors[0].reshape(-1) if len(tensors) == 1 else torch.cat([t.reshape(-1) for t in tensors])
    )

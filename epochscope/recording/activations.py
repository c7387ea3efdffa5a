"""Activations of one recorded step: copied in the forward pass, measured by the writer thread."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from epochscope.recording.layers import Layer
from epochscope.recording.nonlinearity import Nonlinearity
from epochscope.recording.samples import (
    SAMPLE_ELEMENTS,
    is_sampled,
    sort_finite,
    take_sample,
)
from epochscope.recording.statistics import (
    Doubles,
    Rows,
    Whole,
    add_quantiles,
    measure_rows,
    merge_rows,
    pool_rows,
)

COPIED_BYTES = 128 << 20  # of a step's activations; what goes beyond is measured at once


@dataclass
class Activations:
    """What the layers put out since the step before, all calls of a module together."""

    size: int = 0  # bytes of the copies
    copies: dict[int, list[Tensor]] = field(default_factory=dict)  # (neuron, element)
    measured: dict[int, list[tuple[Rows, Tensor]]] = field(default_factory=dict)

    @torch.no_grad()
    def add(self, layer: Layer, output: object, nonlinearity: Nonlinearity | None) -> None:
        """Take the layer's activation from an output of its tap module."""
        tensor = layer.activation(output)
        axis = layer.neuron_axis
        if tensor is None or axis is None or tensor.shape[axis] != layer.neurons:
            return
        rows = tensor.detach().movedim(axis, 0).reshape(layer.neurons, -1)
        if rows.data_ptr() == tensor.data_ptr():
            rows = rows.clone()  # training may overwrite its own: in-place activations do
        size = rows.numel() * rows.element_size()
        if self.size + size <= COPIED_BYTES:
            self.size += size
            self.copies.setdefault(layer.index, []).append(rows)
        else:
            self.measured.setdefault(layer.index, []).append(_measure(rows, nonlinearity))

    def measure(self, layer: Layer, nonlinearity: Nonlinearity | None) -> "Measured | None":
        """Measure what was taken of a layer; None where it was never called."""
        copies = self.copies.pop(layer.index, [])
        parts = [_measure(rows, nonlinearity) for rows in copies]
        parts += self.measured.pop(layer.index, [])
        if not parts:
            return None
        rows = merge_rows([rows for rows, _ in parts])
        sample = torch.cat([sample for _, sample in parts])
        assert rows.positive is not None
        share = share_active(rows.positive, rows.count, nonlinearity)
        return Measured(rows.mean, rows.max, share, _complete(rows, sample))


@dataclass(frozen=True)
class Measured:
    """Statistics of one layer's activations by neuron and as a whole."""

    mean: Doubles  # (neuron,)
    max: Doubles
    active_share: Doubles | None  # share > 0; None where no rectifier is known
    whole: Whole | None  # None for a validation pass


def share_active(
    positive: Doubles, count: Doubles, nonlinearity: Nonlinearity | None
) -> Doubles | None:
    """Return the share of elements above zero, (neuron,); None where no rectifier is known."""
    if nonlinearity is None or not nonlinearity.rectifies:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return positive / count


def _measure(rows: Tensor, nonlinearity: Nonlinearity | None) -> tuple[Rows, Tensor]:
    if nonlinearity is not None:
        rows = nonlinearity.apply(rows)
    return measure_rows(rows, positive=True), take_sample(rows)


def _complete(rows: Rows, sample: Tensor) -> Whole:
    pooled = pool_rows(rows)
    if pooled.min is None:
        return pooled
    if is_sampled(sample.numel()):
        sample = sample[:: -(-sample.numel() // SAMPLE_ELEMENTS)]
    return add_quantiles(pooled, sort_finite(sample), sample.numel() < rows.elements)

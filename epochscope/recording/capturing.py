"""Copies what one recorded step needs, in the training thread: little more than memory moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import torch
from torch import Tensor

from epochscope.recording.activations import Activations, Measured
from epochscope.recording.layers import Layer

Tensors = tuple[Tensor, ...]
ByLayer = dict[int, Tensors]


@dataclass
class Capture:
    """Copies of one recorded step, by layer index; the writer thread measures them."""

    step: int
    series: str
    weights: ByLayer = field(default_factory=dict)
    biases: ByLayer = field(default_factory=dict)
    gradients: ByLayer = field(default_factory=dict)
    before: ByLayer = field(default_factory=dict)  # effective weights before the update
    decay: dict[int, float | None] = field(default_factory=dict)  # update part = -decay * before
    activations: Activations = field(default_factory=Activations)
    measured: dict[int, Measured] = field(default_factory=dict)  # by a validation pass
    skipped: bool = False
    tables: dict[str, pa.Table] = field(default_factory=dict)  # further rows of the same step

    @property
    def size(self) -> int:
        """Return the bytes of the copies."""
        kept = (self.weights, self.biases, self.gradients, self.before)
        tensors = [one for by_layer in kept for copies in by_layer.values() for one in copies]
        return sum(one.numel() * one.element_size() for one in tensors) + self.activations.size


@torch.no_grad()
def copy_weights(capture: Capture, layers: Iterable[Layer]) -> None:
    """Copy the effective weights and biases of all layers; tied weights once."""
    for layer in layers:
        if layer.tied_to is None and layer.weights:
            capture.weights[layer.index] = _copies(layer.tensors())
        if layer.biases:
            pieces = [piece.of(piece.parameter.detach()) for piece in layer.biases]
            capture.biases[layer.index] = _copies(pieces)


@torch.no_grad()
def copy_gradients(capture: Capture, layers: Iterable[Layer]) -> None:
    """Copy the gradients of the layers' weights as they are now; layers without are left out."""
    for layer in layers:
        grads = [(piece, piece.parameter.grad) for piece in layer.weights]
        found = [(piece, grad) for piece, grad in grads if grad is not None]
        if found and len(found) == len(grads) and layer.tied_to is None:
            pieces = [piece.of(_dense(grad.detach())) for piece, grad in found]
            capture.gradients[layer.index] = _copies(pieces)


@torch.no_grad()
def copy_before(
    capture: Capture, layers: Iterable[Layer], optimizer: torch.optim.Optimizer
) -> None:
    """Copy the weights before an update, and note how much of it will be weight decay."""
    groups = {id(one): group for group in optimizer.param_groups for one in group["params"]}
    for layer in layers:
        if layer.tied_to is None and layer.weights and layer.index not in capture.before:
            capture.before[layer.index] = _copies(layer.tensors())
            factors = {
                _decay_factor(optimizer, groups.get(id(piece.parameter), {}))
                for piece in layer.weights
            }
            same = len(factors) == 1 and not layer.parametrised
            capture.decay[layer.index] = factors.pop() if same else None


def updated_by(optimizer: torch.optim.Optimizer, layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers whose weights the optimizer updates."""
    mine = {id(one) for group in optimizer.param_groups for one in group["params"]}
    return [one for one in layers if any(id(piece.parameter) in mine for piece in one.weights)]


def _decay_factor(optimizer: torch.optim.Optimizer, group: dict[str, object]) -> float | None:
    """Return d such that -d * weight is the decay part of an update; None where none is apart."""
    decay = float(group.get("weight_decay", 0.0))  # type: ignore[arg-type]
    if decay == 0.0:
        return 0.0
    rate = float(group.get("lr", 0.0))  # type: ignore[arg-type]
    if isinstance(optimizer, torch.optim.SGD):
        return rate * decay / (1 - float(group.get("momentum", 0.0)))  # type: ignore[arg-type]
    decoupled = isinstance(optimizer, torch.optim.AdamW) or group.get("decoupled_weight_decay")
    return rate * decay if decoupled else None


def _dense(gradient: Tensor) -> Tensor:
    return gradient if gradient.layout == torch.strided else gradient.to_dense()


def _copies(tensors: Iterable[Tensor]) -> Tensors:
    return tuple(one.detach().clone(memory_format=torch.contiguous_format) for one in tensors)

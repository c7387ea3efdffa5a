"""Brings the activations of any layer to the axes (sample, neuron, position)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from epochscope.recording.layers import Layer


@dataclass(frozen=True)
class Activations:
    """A layer's activations in one call; a packed sequence's short samples end in NaN."""

    values: Tensor  # (sample, neuron, position)
    width: int  # of the last spatial axis; position = row × width + column
    per_sample: bool  # False: the first axis is not that of the batch
    padded: bool = False

    def means(self, times: Tensor | None = None) -> Tensor:
        """Return (sample, neuron) float64 means over positions, of values or |values × times|."""
        values = self.values.float()
        values = values if times is None else (values * times).abs()
        means = values.nanmean(2) if self.padded else values.mean(2)
        return means.cpu().double()

    def flat(self) -> Tensor:
        """Return every value by neuron, (neuron, value), without padding."""
        flat = self.values.transpose(0, 1).flatten(1)
        return flat[:, ~flat.isnan().all(0)] if self.padded else flat


def lay_out(layer: Layer, raw: Tensor, owners: Tensor | None, samples: int) -> Activations | None:
    """Return what the tapped module returned as activations, None where it is not the layer's.

    owners (row,) names the sample of each row of a packed sequence.
    """
    found = layer.activation(raw)
    if found is None or layer.neurons is None or layer.neuron_axis is None:
        return None
    if found.dim() < 2 or not found.numel() or found.shape[layer.neuron_axis] != layer.neurons:
        return None
    found = found.detach()
    if owners is not None:
        values = _unpack(found, owners, samples)
        return Activations(values, values.shape[2], per_sample=True, padded=True)
    time_first = found.dim() == 3 and found.shape[0] != samples and found.shape[1] == samples
    values = found.movedim(layer.neuron_axis, 1)
    if layer.neuron_axis == -1 and time_first:
        values = found.permute(1, 2, 0)
    values = values if values.dim() > 2 else values.unsqueeze(2)
    return Activations(values.flatten(2), values.shape[-1], values.shape[0] == samples)


def _unpack(rows: Tensor, owners: Tensor, samples: int) -> Tensor:
    # (row, neuron) -> (sample, neuron, time): rows stand in the order of time.
    lengths = owners.bincount(minlength=samples)
    padded = rows.new_full((samples, int(lengths.max()), rows.shape[1]), torch.nan)
    start = 0
    for time in range(padded.shape[1]):
        end = start + int((lengths > time).sum())
        padded[owners[start:end], time] = rows[start:end]
        start = end
    return padded.permute(0, 2, 1)

"""Brings the activations of any layer to the axes (sample, neuron, position)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from epochscope.recording.layers import Layer


@dataclass(frozen=True)
class Layout:
    """Where samples and positions stand in a layer's activation."""

    per_sample: bool  # False: rows are no samples of the batch
    width: int  # of the last spatial axis; position = row × width + column


def lay_out(
    layer: Layer, raw: Tensor, owners: Tensor | None, samples: int
) -> tuple[Tensor, Layout] | None:
    """Return activations as (sample, neuron, position), None where they are not the layer's.

    raw is what the tapped module returned. owners (row,) names the sample of each row of a
    packed sequence; its samples are padded with NaN, which no total counts.
    """
    found = layer.activation(raw)
    if found is None or layer.neurons is None or layer.neuron_axis is None:
        return None
    if found.dim() < 2 or found.shape[layer.neuron_axis] != layer.neurons:
        return None
    if owners is not None:
        return _unpack(found, owners, samples), Layout(True, int(owners.bincount().max()))
    values = found.movedim(layer.neuron_axis, 1)
    if layer.neuron_axis == -1 and found.dim() == 3 and _time_first(found, samples):
        values = found.permute(1, 2, 0)
    width = values.shape[-1] if values.dim() > 2 else 1
    spread = values.flatten(2) if values.dim() > 2 else values.unsqueeze(2)
    return spread, Layout(values.shape[0] == samples, int(width))


def _time_first(found: Tensor, samples: int) -> bool:
    return found.shape[0] != samples and found.shape[1] == samples


def _unpack(rows: Tensor, owners: Tensor, samples: int) -> Tensor:
    # (row, neuron) -> (sample, neuron, time); rows stand in the order of time.
    longest = int(owners.bincount(minlength=samples).max())
    out = rows.new_full((samples, longest, rows.shape[1]), torch.nan)
    start = 0
    for time in range(longest):
        active = int((owners.bincount(minlength=samples) > time).sum())
        chosen = owners[start : start + active]
        out[chosen, time] = rows[start : start + active]
        start += active
    return out.permute(0, 2, 1)

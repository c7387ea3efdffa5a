"""Sums up what each neuron did over a validation pass: mean, maximum, share above zero."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from epochscope.recording.activations import Measured, share_active
from epochscope.recording.border import Border
from epochscope.recording.layers import Layer
from epochscope.recording.nonlinearity import Nonlinearity
from epochscope.recording.taps import Taps


class NeuronSums:
    """Taps on the layers of the model that is validated; sums stay on its device."""

    def __init__(
        self,
        layers: Sequence[Layer],
        nonlinearities: Mapping[int, Nonlinearity],
        border: Border,
    ) -> None:
        """Tap these layers."""
        self._nonlinearities = nonlinearities
        self._border = border
        self._sums: dict[int, Tensor] = {}  # (sum, count, positive) x neuron, float64
        self._max: dict[int, Tensor] = {}
        self._taps = Taps()
        for layer in layers:
            if layer.tap is not None:
                self._taps.on_output(layer.tap, self._after_layer, layer)

    def _after_layer(self, layer: Layer, module: nn.Module, args: object, output: object) -> None:
        self._border.call("activation tap", self._add, layer, output)

    @torch.no_grad()
    def _add(self, layer: Layer, output: object) -> None:
        tensor = layer.activation(output)
        axis = layer.neuron_axis
        if tensor is None or axis is None or not tensor.numel():
            return
        if tensor.shape[axis] != layer.neurons:
            return
        known = self._nonlinearities.get(layer.index)
        values = tensor.detach() if known is None else known.apply(tensor.detach())
        axes = [one for one in range(values.dim()) if one != axis % values.dim()]
        sums, highest = _sum_up(values, axes)
        if layer.index in self._sums:
            self._sums[layer.index] += sums
            torch.maximum(self._max[layer.index], highest, out=self._max[layer.index])
        else:
            self._sums[layer.index], self._max[layer.index] = sums, highest

    def finish(self) -> dict[int, Measured]:
        """Remove the taps and return mean, maximum and active share by layer index."""
        self._taps.remove()
        found = {}
        for index, sums in self._sums.items():
            total, count, positive = sums.cpu().numpy()
            highest = self._max[index].double().cpu().numpy()
            with np.errstate(divide="ignore", invalid="ignore"):
                mean = total / count
            share = share_active(positive, count, self._nonlinearities.get(index))
            found[index] = Measured(mean, np.where(count > 0, highest, np.nan), share, None)
        return found


def _sum_up(values: Tensor, axes: list[int]) -> tuple[Tensor, Tensor]:
    """Return (sum, count, count above zero) x neuron, and the maximum: of finite values."""
    if not axes:
        values, axes = values[None], [0]
    total = values.sum(axes, dtype=torch.float64)
    if values.is_cuda or not bool(torch.isfinite(total).all()):
        finite = torch.isfinite(values)
        positive = (finite & (values > 0)).sum(axes)
        count = finite.sum(axes)
        total = torch.where(finite, values, 0.0).sum(axes, dtype=torch.float64)
        highest = torch.where(finite, values, -torch.inf).amax(axes)
    else:
        positive = (values > 0).sum(axes)
        count = torch.full_like(total, values.numel() / max(1, total.numel()))
        highest = values.amax(axes)
    return torch.stack([total, count.double(), positive.double()]), highest

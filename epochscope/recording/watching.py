"""Attaches to the model for the steps that are due, and gathers their copies."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from epochscope.recording.border import Border
from epochscope.recording.capturing import (
    Capture,
    copy_before,
    copy_gradients,
    copy_weights,
    updated_by,
)
from epochscope.recording.layers import Layer, unique_parameters
from epochscope.recording.nonlinearity import Nonlinearity
from epochscope.recording.taps import Taps


class Watch:
    """The hooks of one due step and what they saw; without hooks between due steps."""

    def __init__(
        self,
        layers: Sequence[Layer],
        optimizers: Mapping[str, torch.optim.Optimizer],
        border: Border,
    ) -> None:
        """Watch these layers; optimizers may be none."""
        self._layers = tuple(layers)
        self._optimizers = list(optimizers.values())
        self._border = border
        self._taps = Taps()
        self._capture: Capture | None = None
        self._updated = False
        self._paused = False
        self._accumulated: dict[int, Tensor] = {}
        self.nonlinearities: dict[int, Nonlinearity] = {}

    @property
    def is_on(self) -> bool:
        """Tell whether the coming step is watched."""
        return self._capture is not None

    def attach(self, step: int) -> None:
        """Watch the passes that lead to `step`."""
        self._capture = Capture(step, "statistics")
        self._updated = False
        for layer in self._layers:
            if layer.tap is not None:
                self._taps.on_output(layer.tap, self._after_layer, layer)
        for optimizer in self._optimizers:
            self._taps.on_update(optimizer, self._before_update, optimizer)
        if not self._optimizers:
            self._taps.on_gradients(unique_parameters(self._layers), self._after_accumulation)

    def pause(self, paused: bool) -> None:
        """Let passes that are not training go by unseen."""
        self._paused = paused

    def detach(self) -> None:
        """Remove every hook and forget what was seen."""
        self._taps.remove()
        self._capture = None
        self._accumulated = {}

    def finish(self, skipped: bool | None) -> Capture | None:
        """Remove the hooks and return the copies, weights as they are now; None if not on."""
        capture = self._capture
        self._taps.remove()
        if capture is None:
            return None
        capture.skipped = (
            skipped if skipped is not None else bool(self._optimizers and not self._updated)
        )
        if capture.skipped:
            copy_gradients(capture, self._layers)
            capture.before.clear()
        elif not self._optimizers:
            self._gather(capture)
        copy_weights(capture, self._layers)
        self.detach()
        return capture

    def _after_layer(self, layer: Layer, module: nn.Module, args: object, output: object) -> None:
        if self._capture is None or self._paused or not torch.is_grad_enabled():
            return
        if not self._border.shut:
            activations = self._capture.activations
            known = self.nonlinearities.get(layer.index)
            self._border.call("activation tap", activations.add, layer, output, known)

    def _before_update(
        self, optimizer: torch.optim.Optimizer, again: object, args: object, kwargs: object
    ) -> None:
        if self._capture is not None and not self._border.shut:
            self._updated = True
            mine = updated_by(optimizer, self._layers)
            self._border.call("gradient copy", copy_gradients, self._capture, mine)
            self._border.call("weight copy", copy_before, self._capture, mine, optimizer)

    def _after_accumulation(self, key: object, parameter: Tensor) -> None:
        if parameter.grad is not None and not self._border.shut:
            self._accumulated[id(parameter)] = parameter.grad.detach().clone()

    def _gather(self, capture: Capture) -> None:
        for layer in self._layers:
            found = [self._accumulated.get(id(piece.parameter)) for piece in layer.weights]
            pairs = zip(layer.weights, found, strict=True)
            copies = tuple(piece.of(one) for piece, one in pairs if one is not None)
            if copies and len(copies) == len(found) and layer.tied_to is None:
                capture.gradients[layer.index] = copies

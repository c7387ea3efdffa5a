"""Puts the parts of a snapshot together as safetensors bytes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from epochscope.recording.graph_layers import unit_taps
from epochscope.recording.layers import Layer

FORMAT = 1


class SnapshotFile:
    """Tensors by key and the metadata that says what they are."""

    def __init__(
        self,
        roots: Mapping[str, nn.Module],
        layers: Sequence[Layer],
        step: int,
        graph: Mapping[str, Any] | None,
        seed: int,
    ) -> None:
        self._roots, self._layers, self._graph = roots, layers, graph
        self._tensors: dict[str, Tensor] = {}
        self._notes: dict[str, int] = {}
        self.activations: dict[int, str] = {}  # layer index -> the non-linearity that followed
        self.about: dict[str, Any] = {
            "format": FORMAT,
            "step": step,
            "weights_step": step,  # of parameters, buffers and of all that neurons did
            "batch_step": step,  # of the sample batch
            "gradients_weights_step": max(step - 1, 0),  # the weights that gradients were taken at
            "torch": torch.__version__,
            "seed": seed,
        }

    def add(
        self, part: str, tensors: Mapping[str, Tensor], dtype: torch.dtype | None = None
    ) -> None:
        """Add tensors under <part>/<name>, copied to the CPU."""
        for name, tensor in tensors.items():
            self._tensors[f"{part}/{name}"] = _own(tensor if dtype is None else tensor.to(dtype))

    def note(self, problem: str) -> None:
        """Count a problem of the pass, named in the metadata."""
        self._notes[problem] = self._notes.get(problem, 0) + 1

    def to_bytes(self) -> bytes:
        """Return the whole snapshot, with the models' weights as they are now."""
        for prefix, root in self._roots.items():
            join = f"{prefix}." if prefix else ""
            # Tied tensors are written once, under their first name.
            self.add("parameters", {join + n: p.detach() for n, p in root.named_parameters()})
            self.add("buffers", {join + n: b.detach() for n, b in root.named_buffers()})
        metadata = self.about | {"layers": self._describe_layers(), "notes": self._notes}
        return safetensors.torch.save(self._tensors, {"epochscope": json.dumps(metadata)})

    def _describe_layers(self) -> list[dict[str, Any]]:
        taps = self._taps()
        return [
            {
                "layer": layer.index,
                "name": layer.name,
                "activation": self.activations[layer.index] or None,
                "node": taps.get(layer.name),
            }
            for layer in self._layers
            if layer.index in self.activations
        ]

    def _taps(self) -> dict[str, str]:
        if self._graph is None:
            return {}
        parts = self._graph.get("parts", {"": self._graph})
        return {
            ".".join(filter(None, (prefix, layer))): node
            for prefix, graph in parts.items()
            for layer, node in unit_taps(graph).items()
        }


def _own(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()

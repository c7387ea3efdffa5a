"""Reads the parts of a snapshot and replays its sample batch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import safetensors.torch
from torch import Tensor

from analytics.replay import Replay, ReplayRefusedError, replay


@dataclass(frozen=True)
class Sample:
    """The sample batch of a snapshot."""

    model: str | None  # "" unless several models are watched; None: its parts were called
    mode: str  # "eval" or "train"
    autocast: Mapping[str, Any] | None
    inputs: dict[str, Tensor]  # path -> tensor
    noise: dict[str, Tensor]  # random node -> what it drew
    outputs: dict[str, Tensor]  # path -> tensor, as recorded


@dataclass(frozen=True)
class Snapshot:
    """One snapshot file, read whole."""

    about: dict[str, Any]
    tensors: dict[str, Tensor]  # by key

    def part(self, name: str) -> dict[str, Tensor]:
        """Return the tensors under <name>/, without that prefix."""
        start = f"{name}/"
        return {k.removeprefix(start): t for k, t in self.tensors.items() if k.startswith(start)}

    def weights(self, model: str = "") -> dict[str, Tensor]:
        """Return parameters and buffers by name, of one model where several are watched."""
        prefix = f"{model}." if model else ""
        named = self.part("parameters") | self.part("buffers")
        return {n.removeprefix(prefix): t for n, t in named.items() if n.startswith(prefix)}

    def sample(self) -> Sample:
        """Return the sample batch."""
        about = self.about["sample"]
        named = [
            {name: self.tensors[f"sample/{kind}/{i}"] for i, name in enumerate(about[kind])}
            for kind in ("inputs", "noise", "outputs")
        ]
        return Sample(about["model"], about["mode"], about["autocast"], *named)


def read_snapshot(data: bytes) -> Snapshot:
    """Read a snapshot's bytes."""
    length = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]["epochscope"]
    # safetensors: a header of JSON and plain numbers; unlike torch.load it runs no code.
    return Snapshot(json.loads(metadata), safetensors.torch.load(data))


def replay_sample(graph: Mapping[str, Any], snapshot: Snapshot) -> Replay:
    """Replay the sample batch of a snapshot from graph and weights alone."""
    sample = snapshot.sample()
    if sample.model is None:
        raise ReplayRefusedError("The validation never called the watched model itself.")
    one = graph["parts"][sample.model] if "parts" in graph else graph
    weights = snapshot.weights(sample.model)
    return replay(one, weights, sample.inputs, sample.noise, sample.mode, sample.autocast)

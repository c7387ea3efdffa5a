"""Takes a snapshot: weights, what neurons did class by class, and a batch that can be replayed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from epochscope.recording.layers import Layer
from epochscope.recording.output_tree import detach
from epochscope.recording.snapshot_file import SnapshotFile
from epochscope.recording.snapshot_layout import lay_out
from epochscope.recording.snapshot_neurons import NeuronTotals
from epochscope.recording.snapshot_sample import SampleBatch
from epochscope.recording.snapshot_taps import BackwardHooksLifted, Taps, Unit, Value

Models = nn.Module | Mapping[str, nn.Module]


class SnapshotPass:
    """Taps one pass over the samples and gives the snapshot of a step as safetensors bytes.

    Neither weights nor buffers, gradients, modes or hooks of the model differ afterwards; random
    numbers are drawn only where the model itself draws.
    """

    def __init__(  # noqa: PLR0913 - what the recorder knows of the run
        self,
        model: Models,
        layers: Sequence[Layer],
        step: int,
        classes: int | None,
        graph: dict[str, Any] | None,
        seed: int,
        *,
        predict: Callable[[Any], Tensor | None] | None = None,
        labelled: bool = True,
    ) -> None:
        """Prepare the pass; labelled=False says that classes are groups, not labels."""
        self._roots = {"": model} if isinstance(model, nn.Module) else dict(model)
        self._classes = classes or 0
        self._predict = (predict or logits_of) if labelled else None
        self._taps = Taps(layers)
        self._totals: dict[int, NeuronTotals] = {}
        self._sample = SampleBatch(self._roots, graph)
        self._file = SnapshotFile(self._roots, layers, step, graph, seed)
        self._labels: Tensor | None = None  # of the batch, on the CPU
        self._images = torch.empty(0, dtype=torch.long)

    def start(self) -> None:
        """Add the taps."""
        self._taps.add()

    def add_gradients(self, gradients: Mapping[str, Tensor]) -> None:
        """Add each weight's gradient of the recorded step; kept as bfloat16."""
        self._file.add("gradients", gradients, torch.bfloat16)

    def add_updates(self, updates: Mapping[str, Tensor]) -> None:
        """Add each weight's change by the recorded step's update; kept as bfloat16."""
        self._file.add("updates", updates, torch.bfloat16)

    def batch(
        self, run: Callable[[], Any], inputs: Any, targets: Any, images: Sequence[int]
    ) -> Any:
        """Run one batch's forward pass and add what its neurons did.

        Returns the outputs detached. `images` numbers the batch's samples; the first batch is
        also the snapshot's sample batch.
        """
        self._images = torch.as_tensor(list(images), dtype=torch.long)
        self._labels = self._labels_in(targets)
        with self._taps.listen(self._add_before), BackwardHooksLifted(self._roots.values()):
            with self._taps:
                if self._sample.taken:
                    outputs = run()
                else:
                    outputs = self._sample.take(run, inputs, targets, self._images)
            self._add_units(outputs)
        return detach(outputs)

    def stop(self) -> None:
        """Remove the taps; a pass that failed ends with this."""
        self._taps.remove()

    def finish(self) -> bytes:
        """Remove the taps and return the snapshot."""
        self.stop()
        self._file.add("sample", self._sample.tensors)
        self._file.about["sample"] = self._sample.about
        for index, totals in self._totals.items():
            self._file.add(f"layers/{index}", totals.tensors())
        return self._file.to_bytes()

    def _labels_in(self, targets: Any) -> Tensor | None:
        if not self._classes or not isinstance(targets, Tensor) or targets.is_floating_point():
            return None
        fits = targets.dim() == 1 and len(targets) == len(self._images)
        return targets.detach().long().cpu() if fits else None

    def _add_before(self, unit: Unit) -> None:
        # At once: an in-place activation may overwrite the values.
        found = lay_out(unit.layer, unit.before.values, unit.owners, len(self._images))
        if found is not None and found.per_sample:
            self._totals_of(unit.layer).add_before(found, self._labels)

    def _add_units(self, outputs: Any) -> None:
        gradients = self._gradients(outputs)
        for unit in self._taps.units:
            self._add_unit(unit, gradients)
        self._taps.settle()

    def _add_unit(self, unit: Unit, gradients: dict[Value, Tensor]) -> None:
        if unit.tap.overwritten:
            self._file.note(f"activations of {unit.layer.name!r} were overwritten in place")
            return
        found = lay_out(unit.layer, unit.tap.values, unit.owners, len(self._images))
        if found is None:
            return
        totals = self._totals_of(unit.layer)
        self._file.activations[unit.layer.index] = unit.activation
        if not found.per_sample:
            totals.add(found, None, None)
            return
        totals.add(found, self._labels, self._images)
        if self._labels is not None and unit.tap in gradients:
            pulled = lay_out(unit.layer, gradients[unit.tap], unit.owners, len(self._images))
            if pulled is not None:
                totals.add_contribution(found, pulled.values, self._labels)

    def _gradients(self, outputs: Any) -> dict[Value, Tensor]:
        # Of the labels' logits, with respect to every tapped tensor at the moment of its tap.
        logits = self._predict(outputs) if self._predict else None
        if self._labels is None or logits is None or not logits.requires_grad:
            return {}
        if len(logits) != len(self._labels):
            return {}
        known = (self._labels >= 0) & (self._labels < logits.shape[1])
        rows = known.nonzero()[:, 0]
        chosen = logits[rows.to(logits.device), self._labels[rows].to(logits.device)].sum()
        taps = list(dict.fromkeys(u.tap for u in self._taps.units if u.tap.edge is not None))
        edges = [tap.edge for tap in taps if tap.edge is not None]
        if not edges:
            return {}
        try:
            pulled = torch.autograd.grad(chosen, edges, allow_unused=True)
        except RuntimeError as refusal:  # such as cuDNN's recurrent layers in eval mode
            self._file.note(f"no contributions: {refusal}")
            return {}
        return {tap: g for tap, g in zip(taps, pulled, strict=True) if g is not None}

    def _totals_of(self, layer: Layer) -> NeuronTotals:
        assert layer.neurons is not None
        totals = self._totals.get(layer.index)
        if totals is None:
            totals = NeuronTotals(layer.neurons, self._classes)
            self._totals[layer.index] = totals
        return totals


def logits_of(outputs: Any) -> Tensor | None:
    """Return a model's logits (sample, class): its 2-D output, or its `logits`."""
    if isinstance(outputs, Mapping):
        outputs = outputs.get("logits")
    else:
        outputs = getattr(outputs, "logits", outputs)
    return outputs if isinstance(outputs, Tensor) and outputs.dim() == 2 else None

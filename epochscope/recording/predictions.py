"""What a validation pass says of each sample: prediction, confidence, loss, score."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from epochscope.recording.batches import Batch
from epochscope.recording.images import ImageSet
from epochscope.schema import TABLES

NO_PREDICTION = -1  # where logits are not finite
FULL_CONFIDENCE = 254  # of the byte that stores it
_TOP = 5

Function = Callable[..., Any]


def find_logits(outputs: Any) -> Tensor | None:
    """Return logits (sample, class): a 2-D output of two columns or more, or its `logits`."""
    if not isinstance(outputs, Tensor):
        named = outputs.get("logits") if isinstance(outputs, dict) else None
        outputs = named if named is not None else getattr(outputs, "logits", None)
    if not isinstance(outputs, Tensor) or outputs.dim() != 2 or outputs.shape[1] < 2:
        return None
    return outputs


@dataclass
class Results:
    """Per-sample results, batch by batch on the device, and the sum of the losses."""

    loss: Function | None
    predict: Function | None
    score: Function | None
    samples: int = 0
    _sum: Tensor | float | None = None
    _parts: dict[str, list[Tensor]] = field(default_factory=dict)

    @torch.no_grad()
    def add(self, outputs: Any, batch: Batch) -> None:
        """Add what the model put out for a batch."""
        targets, size = batch.targets, batch.size
        self.samples += size
        labels = as_labels(targets, size)
        if labels is not None:
            self._keep("label", labels)
        logits = self._logits(outputs, labels)
        if logits is not None and len(logits) == size:
            self._predict(logits, labels)
        if self.loss is not None:
            value = self.loss(outputs, targets)
            value = value.detach().double().mean() if isinstance(value, Tensor) else float(value)
            self._sum = value * size if self._sum is None else self._sum + value * size
            each = each_loss(self.loss, outputs, targets, size)
            if each is not None:
                self._keep("loss", each.detach())
        if self.score is not None:
            self._keep("score", _one_each(self.score(outputs, targets), size))

    def _logits(self, outputs: Any, labels: Tensor | None) -> Tensor | None:
        if self.predict is not None:
            found: Tensor | None = self.predict(outputs)
            return found
        # Without labels a 2-D output is a regression or an embedding as likely as not.
        return None if labels is None else find_logits(outputs)

    def _predict(self, logits: Tensor, labels: Tensor | None) -> None:
        logits = logits.detach().float()
        finite = torch.isfinite(logits).all(1)
        highest, predicted = torch.softmax(logits, 1).max(1)
        self._keep("predicted", torch.where(finite, predicted, NO_PREDICTION))
        self._keep("confidence", torch.where(finite, highest, 0.0))
        if labels is not None and logits.shape[1] > _TOP:
            top = (logits.topk(_TOP, 1).indices == labels.to(logits.device)[:, None]).any(1)
            self._keep("top5", top & finite)

    def _keep(self, name: str, values: Tensor) -> None:
        self._parts.setdefault(name, []).append(values.detach())

    def mean_loss(self) -> float | None:
        """Return the loss, batches weighted by their size."""
        return None if self._sum is None else float(self._sum) / max(1, self.samples)

    def read(self, name: str) -> NDArray[Any] | None:
        """Return a result of all samples in order; None where some lack it."""
        parts = self._parts.get(name)
        if parts is None:
            return None
        values: NDArray[Any] = torch.cat([one.reshape(-1).cpu() for one in parts]).numpy()
        return values if len(values) == self.samples else None


def as_labels(targets: Any, size: int) -> Tensor | None:
    """Return targets that are class labels: one integer for each sample."""
    if not isinstance(targets, Tensor) or targets.is_floating_point() or targets.is_complex():
        return None
    if targets.dtype == torch.bool or targets.shape not in ((size,), (size, 1)):
        return None
    return targets.detach().reshape(-1)


def _one_each(values: Any, size: int) -> Tensor:
    tensor = torch.as_tensor(values).detach().float()
    if tensor.numel() != size:
        raise ValueError(
            f"score() returned shape {tuple(tensor.shape)} for {size} samples; "
            "return one number for each sample."
        )
    return tensor.reshape(-1)


def each_loss(loss: Function, outputs: Any, targets: Any, size: int) -> Tensor | None:
    """Return the loss of each sample, where the criterion can give it unreduced."""
    if isinstance(loss, nn.Module):
        if getattr(loss, "reduction", None) not in ("mean", "sum"):
            return None
        loss = copy.copy(loss)
        loss.__dict__["reduction"] = "none"
        values = loss(outputs, targets)
    elif _takes_reduction(loss):
        values = loss(outputs, targets, reduction="none")
    else:
        return None
    if not isinstance(values, Tensor) or not values.dim() or len(values) != size:
        return None
    return values.reshape(size, -1).float().mean(1)


def _takes_reduction(loss: Function) -> bool:
    try:
        return "reduction" in inspect.signature(loss).parameters
    except (TypeError, ValueError):
        return False


def describe_classes(step: int, images: ImageSet, results: Results) -> pa.Table:
    """Return the rows of class_stat: one for each class that has samples."""
    found = {
        name: results.read(name) for name in ("predicted", "confidence", "top5", "loss", "score")
    }
    predicted = found["predicted"]
    right = None
    if predicted is not None and images.labelled:
        right = predicted == images.classes
    order = np.argsort(images.classes, kind="stable")  # by class, then slot
    bounds = np.searchsorted(images.classes[order], np.arange(len(images.names) + 1))
    rows = []
    for class_ in range(len(images.names)):
        mine = order[bounds[class_] : bounds[class_ + 1]]
        if len(mine):
            of_class = {name: None if v is None else v[mine] for name, v in found.items()}
            row = _describe(of_class, None if right is None else right[mine])
            rows.append({"step": step, "class": class_, "n": len(mine), **row})
    return pa.Table.from_pylist(rows, schema=TABLES["class_stat"].schema)


def _describe(
    found: dict[str, NDArray[Any] | None], right: NDArray[np.bool_] | None
) -> dict[str, object]:
    row: dict[str, object] = {"predicted": found["predicted"], "score": found["score"]}
    if right is not None:
        row |= {"right": int(right.sum()), "bits": pack_bits(right)}
        if found["top5"] is not None:
            row["right_top5"] = int(found["top5"].sum())
    if found["confidence"] is not None:
        row["confidence"] = np.rint(found["confidence"] * FULL_CONFIDENCE).astype(np.uint8)
        row["mean_confidence"] = float(found["confidence"].mean())
    if found["loss"] is not None:
        finite = found["loss"][np.isfinite(found["loss"])]
        row["loss"] = float(finite.mean()) if len(finite) else None
    return row


def pack_bits(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack flags by slot into words of 64: slot i is bit i % 64 of word i // 64."""
    padded = np.zeros(-(-len(flags) // 64) * 64, bool)
    padded[: len(flags)] = flags
    return np.packbits(padded, bitorder="little").view("<u8").astype(np.uint64)

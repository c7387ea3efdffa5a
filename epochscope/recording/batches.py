"""Takes the batches of any loader apart: what the model is called with, and the targets."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

_TARGETS = ("labels", "label", "targets", "target", "y")


@dataclass(frozen=True)
class Batch:
    """One batch on the model's device."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    targets: Any
    size: int  # samples

    def run(self, model: Callable[..., Any]) -> Any:
        """Call the model on the inputs."""
        return model(*self.args, **self.kwargs)


def read_batches(loader: Iterable[Any], device: torch.device) -> Iterator[Batch]:
    """Yield the batches of a loader: (inputs, targets, ...), a dict with labels, or inputs alone.

    Inputs without targets are their own targets, as a reconstruction needs.
    """
    for batch in loader:
        yield _take_apart(pytree.tree_map_only(Tensor, lambda one: one.to(device), batch))


def _take_apart(batch: Any) -> Batch:
    if isinstance(batch, dict):
        key = next((name for name in _TARGETS if name in batch), None)
        kwargs = {name: value for name, value in batch.items() if name != key}
        return Batch((), kwargs, batch[key] if key else kwargs, _size(kwargs))
    if isinstance(batch, tuple | list) and batch:
        targets = batch[1] if len(batch) > 1 else batch[0]
        return Batch((batch[0],), {}, targets, _size(batch[0]))
    return Batch((batch,), {}, batch, _size(batch))


def _size(inputs: Any) -> int:
    tensors = [one for one in pytree.tree_leaves(inputs) if isinstance(one, Tensor) and one.dim()]
    if not tensors:
        raise ValueError(
            f"A batch of type {type(inputs).__name__!r} holds no tensor, so its samples cannot be "
            "counted; let the loader give tensors."
        )
    return len(tensors[0])

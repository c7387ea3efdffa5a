"""Scalars as training hands them over: numbers, or tensors that stay on their device."""

from collections.abc import Mapping

import torch
from torch import Tensor

from epochscope.recording.background import Background, Value


def to_value(name: str, value: object) -> Value:
    """Return a float, or a copy of a tensor on its device: no synchronisation."""
    if not isinstance(value, Tensor):
        return float(value)  # type: ignore[arg-type]
    if value.is_cpu:
        try:
            return value.item()
        except RuntimeError as error:
            raise _not_one(name, value) from error
    if value.numel() != 1:
        raise _not_one(name, value)
    return value.detach().clone()


def _not_one(name: str, value: Tensor) -> ValueError:
    return ValueError(
        f"Scalar {name!r} has shape {tuple(value.shape)}; give one number, its mean perhaps."
    )


class Scalars:
    """Adds scalars to the journal; learning rates and epochs only when they change."""

    def __init__(
        self, background: Background, optimizers: Mapping[str, torch.optim.Optimizer]
    ) -> None:
        """Read the learning rates of these optimizers."""
        self._background = background
        self._optimizers = optimizers
        self._last: dict[str, Value] = {}
        self._names: dict[tuple[str, int], str] = {}

    def add(self, step: int, scalars: Mapping[str, object], now: float) -> None:
        """Add scalars by the names they are stored under; None is left out."""
        for name, value in scalars.items():
            if value is not None:
                self._background.add_scalar(step, name, to_value(name, value), now)

    def add_changed(self, step: int, epoch: object, now: float) -> None:
        """Add the epoch and the learning rates that differ from those of the step before."""
        if epoch is not None:
            self._add_if_changed(step, "epoch", to_value("epoch", epoch), now)
        for prefix, optimizer in self._optimizers.items():
            for position, group in enumerate(optimizer.param_groups):
                key = (prefix, position)
                name = self._names.get(key)
                if name is None:
                    parts = (prefix, str(group.get("name", position)))
                    name = self._names[key] = "lr/" + ".".join(filter(None, parts))
                self._add_if_changed(step, name, to_value(name, group["lr"]), now)

    def _add_if_changed(self, step: int, name: str, value: Value, now: float) -> None:
        # Comparing a tensor on a device would synchronise: it is written every time.
        if isinstance(value, Tensor) or self._last.get(name) != value:
            self._last[name] = value
            self._background.add_scalar(step, name, value, now)

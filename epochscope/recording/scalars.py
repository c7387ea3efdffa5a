"""Scalars as training hands them over: numbers, or tensors that stay on their device."""

from collections import deque
from collections.abc import Callable, Mapping
from time import perf_counter, time

import torch
from torch import Tensor

from epochscope.recording.background import SPILL_ROWS, Row, Value

# The name of an optimizer, and the learning rates last seen by the position of their group.
Followed = tuple[str, torch.optim.Optimizer, dict[int, Value]]


def to_value(name: str, value: object) -> Value:
    """Return a float, or a copy of a tensor on its device: no synchronisation."""
    if not isinstance(value, Tensor):
        return float(value)  # type: ignore[arg-type]
    if not value.is_cpu:
        if value.numel() != 1:
            raise _not_one(name, value)
        return value.detach().clone()
    if value.ndim == 0:
        # Not item(), which lets go of the interpreter: the writer thread may then keep it a while.
        number: object = value.tolist()
        if isinstance(number, float):
            return number
    try:
        return float(value.item())
    except RuntimeError as error:
        raise _not_one(name, value) from error


def _not_one(name: str, value: Tensor) -> ValueError:
    return ValueError(
        f"Scalar {name!r} has shape {tuple(value.shape)}; give one number, its mean perhaps."
    )


class Scalars:
    """Adds scalars to the journal; learning rates and epochs only when they change.

    Training calls this at every step, when its own work has filled the caches: each function and
    each object on the way costs a microsecond or more there (`python -m benchmarks.log_call`). So
    there are few of them.
    """

    def __init__(
        self,
        rows: deque[Row],
        make_room: Callable[[], None],
        optimizers: Mapping[str, torch.optim.Optimizer],
    ) -> None:
        """Add to rows, for which make_room is called where many wait; read the rates of optimizers."""
        self.seconds = 0.0  # spent here so far, by the training thread
        self._rows = rows
        self._append = rows.append
        self._make_room = make_room
        self._epoch: Value | None = None
        self._rates: list[Followed] = [(name, one, {}) for name, one in optimizers.items()]

    def add(self, step: int, scalars: Mapping[str, object]) -> None:
        """Add scalars by the names they are stored under; None is left out."""
        began = perf_counter()
        now = time()
        for name, value in scalars.items():
            if value is not None:
                self._append((step, name, to_value(name, value), now))
        if len(self._rows) > SPILL_ROWS:
            self._make_room()
        self.seconds += perf_counter() - began

    def add_step(self, step: int, scalars: Mapping[str, object], epoch: object) -> None:
        """Add the scalars of a step, and the epoch and learning rates where they have changed."""
        began = perf_counter()
        now = time()
        for name, value in scalars.items():
            if value is not None:
                self._append((step, name, to_value(name, value), now))
        if epoch is not None:
            self._add_epoch(step, epoch, now)
        for followed in self._rates:
            _, optimizer, last = followed
            for position, group in enumerate(optimizer.param_groups):
                if group["lr"] is not last.get(position):  # it is the very same, at most steps
                    self._add_rates(step, followed, now)
                    break
        if len(self._rows) > SPILL_ROWS:
            self._make_room()
        self.seconds += perf_counter() - began

    def _add_epoch(self, step: int, epoch: object, now: float) -> None:
        number = to_value("epoch", epoch)
        if _differ(number, self._epoch):
            self._epoch = number
            self._append((step, "epoch", number, now))

    def _add_rates(self, step: int, followed: Followed, now: float) -> None:
        prefix, optimizer, last = followed
        for position, group in enumerate(optimizer.param_groups):
            name = "lr/" + ".".join(filter(None, (prefix, str(group.get("name", position)))))
            number = to_value(name, group["lr"])
            if _differ(number, last.get(position)):
                last[position] = number
                self._append((step, name, number, now))


def _differ(value: Value, previous: Value | None) -> bool:
    # Comparing a tensor on a device would synchronise: it is written every time.
    return isinstance(value, Tensor) or value != previous

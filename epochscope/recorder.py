"""The Recorder: what a training script types to be recorded."""

import atexit
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import torch
from torch.utils.data import get_worker_info

from epochscope.recording.cost import Cost, Ledger
from epochscope.recording.layers import Models
from epochscope.recording.session import Options, Session
from epochscope.recording.signals import Termination
from epochscope.recording.validation import Criteria

Optimizers = (
    torch.optim.Optimizer
    | Sequence[torch.optim.Optimizer]
    | Mapping[str, torch.optim.Optimizer]
    | None
)


class Recorder:
    """Records a training of `model` into the folder `path`, and never changes its result.

    Only the constructor may raise: where the folder holds a run, or cannot be written. After it a
    failure warns once, is an event of the run, and does not reach training unless `strict`.
    """

    def __init__(  # noqa: PLR0913  the options of one recording, all but two by name
        self,
        path: str | os.PathLike[str],
        model: Models,
        *,
        optimizer: Optimizers = None,
        config: Mapping[str, object] | None = None,
        class_names: Sequence[str] | None = None,
        total_steps: int | None = None,
        every: int | None = None,
        budget: float = 0.05,
        snapshot_every: int | None = None,
        roles: Mapping[str, object] | None = None,
        resume: bool | int = False,
        strict: bool = False,
        enabled: bool = True,
    ) -> None:
        """Open the run and record the initial weights as step 0.

        `every` records each n-th step; else the cadence follows from `budget`, the share of
        training time that statistics may take. `resume` goes on after the last logged step
        (True), or after the step given.
        """
        self._session: Session | None = None
        self._folder = Path(path)
        if not enabled or get_worker_info() is not None:  # loader workers never record
            return
        options = Options(
            _named(optimizer),
            config,
            class_names,
            total_steps,
            every,
            budget,
            snapshot_every,
            roles,
            resume,
            strict,
        )
        self._session = Session(self._folder, model, options)
        self._termination = Termination()
        atexit.register(self._close_at_exit)

    def step(
        self,
        loss: object = None,
        *,
        error: object = None,
        epoch: object = None,
        ids: object = None,
        skipped: bool | None = None,
        **scalars: object,
    ) -> None:
        """Count one optimizer update: scalars now, statistics when due.

        Values are numbers or one-element tensors; `error` is a share, 0..1. `skipped` says that a
        loss scaler skipped the update, where the recorder cannot see it.
        """
        session = self._session
        if session is None or session.border.shut:
            return
        try:  # border.call(), written out: training calls this at every step
            if session.border.waiting is not None:
                session.border.surface()
            session.step(loss, error, epoch, skipped, scalars)
        except Exception as failure:  # noqa: BLE001  the recorder's border to training
            session.border.meet("step()", failure)

    def validate(
        self,
        loader: object,
        *,
        model: Callable[..., object] | None = None,
        loss: Callable[..., object] | None = None,
        predict: Callable[..., object] | None = None,
        score: Callable[..., object] | None = None,
    ) -> None:
        """Pass once over `loader`, and make the current step a recorded step.

        `predict(outputs)` gives logits (sample, class), `loss(outputs, targets)` one number,
        `score(outputs, targets)` one number for each sample.
        """
        session = self._session
        if session is not None:
            criteria = Criteria(loss, predict, score)
            session.border.call("validate()", session.validate, loader, model, criteria)

    def log_images(
        self,
        dataset: object,
        *,
        split: str = "validation",
        ids: Sequence[object] | None = None,
        inputs: bool = True,
        limit_bytes: int = 128 << 20,
    ) -> None:
        """Keep ids, labels, thumbnails and inputs of the samples that validate() will see."""
        session = self._session
        if session is not None:
            keep = (inputs, limit_bytes)
            session.border.call("log_images()", session.log_images, dataset, split, ids, keep)

    def log(self, scalars: Mapping[str, object], step: int | None = None) -> None:
        """Log scalars by name, at the current step or at `step`."""
        session = self._session
        if session is None or session.border.shut:
            return
        try:  # border.call(), written out: training calls this at every step
            if session.border.waiting is not None:
                session.border.surface()
            session.log(scalars, step)
        except Exception as failure:  # noqa: BLE001  the recorder's border to training
            session.border.meet("log()", failure)

    def add_scalar(self, name: str, value: object, step: int | None = None) -> None:
        """Log one scalar; the name other loggers give to log()."""
        self.log({name: value}, step)

    def event(self, kind: str, message: str) -> None:
        """Note that something happened at the current step."""
        session = self._session
        if session is not None:
            session.border.call("event()", session.event, kind, message)

    def snapshot(self) -> None:
        """Take a snapshot of the current step over the images that were logged."""
        session = self._session
        if session is not None:
            session.border.call("snapshot()", session.snapshot)

    @property
    def cost(self) -> Cost:
        """What recording has cost so far: seconds and shares of time, bytes, dropped steps."""
        session = self._session
        return Ledger().read(self._folder) if session is None else session.cost()

    def close(self, state: str = "finished") -> None:
        """Write the rest, remove every hook, and end the run: "finished" or "failed"."""
        self._close(state, "")

    finish = close

    def __enter__(self) -> "Recorder":
        """Begin a block at whose end the run is closed."""
        if self._session is not None:
            self._termination.turn_into_exit()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run: failed where an exception or a signal ended the block."""
        if error is None:
            self._close("finished", "")
        else:
            self._close("failed", f"{type(error).__name__}: {error}")
        if self._session is not None:
            self._termination.restore()

    def __reduce__(self) -> tuple[Callable[[str], "Recorder"], tuple[str]]:
        """Copy and pickle as a recorder that does nothing: a run has one writer."""
        return _inert, (str(self._folder),)

    def _close(self, state: str, message: str) -> None:
        session = self._session
        if session is not None and not session.closed and not session.border.shut:
            atexit.unregister(self._close_at_exit)
            session.border.call("close()", session.close, state, message)

    def _close_at_exit(self) -> None:
        error = getattr(sys, "last_value", None)
        if error is None:
            self._close("finished", "")
        else:
            self._close("failed", f"{type(error).__name__}: {error}")


def _inert(path: str) -> Recorder:
    return Recorder(path, {}, enabled=False)


def _named(optimizer: Optimizers) -> dict[str, torch.optim.Optimizer]:
    if optimizer is None:
        return {}
    if isinstance(optimizer, Mapping):
        return {str(name): one for name, one in optimizer.items()}
    if isinstance(optimizer, Sequence):
        return {str(position): one for position, one in enumerate(optimizer)}
    return {"": optimizer}

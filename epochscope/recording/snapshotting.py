"""Takes snapshots: within a validation pass, or over the inputs that log_images kept."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from epochscope.log_writer import LogWriter
from epochscope.recording.capturing import Capture
from epochscope.recording.layers import Layer
from epochscope.recording.predictions import Function
from epochscope.recording.snapshot import SnapshotPass

if TYPE_CHECKING:
    from epochscope.recording.session import Session

_BATCH = 250  # samples at a time where no loader says
_SEED = 0

Named = dict[str, Tensor]


def begin_snapshot(session: "Session", predict: Function | None) -> SnapshotPass:
    """Start a snapshot of the current step: its taps, gradients and updates."""
    images = session.images
    snapshot = SnapshotPass(
        session.model,
        session.layers,
        session.step_number,
        None if images is None else len(images.names),
        session.graph,
        _SEED,
        predict=predict,
        labelled=images is not None and images.labelled,
    )
    snapshot.add_gradients(_gradients(session))
    if session.kept is not None and session.kept.step == session.step_number:
        snapshot.add_updates(_updates(session, session.kept))
    snapshot.start()
    return snapshot


def write_snapshot(session: "Session", data: bytes) -> None:
    """Queue a snapshot for writing."""
    step = session.step_number

    def job(writer: LogWriter) -> Iterator[None]:
        writer.commit_snapshot(step, data)
        yield

    session.snapshots.taken(step)
    session.background.submit(f"snapshot of step {step}", job, len(data))


def snapshot_inputs(session: "Session", called: nn.Module) -> None:
    """Take a snapshot over the inputs kept by log_images; raises where there are none."""
    images = session.images
    if images is None or images.inputs is None or images.kept is None:
        raise ValueError(
            "A snapshot outside validate() passes over the inputs of log_images(), and none are "
            "kept; call log_images(dataset) with tensors of one shape first."
        )
    snapshot = begin_snapshot(session, None)
    try:
        for first in range(0, len(images.kept), _BATCH):
            numbers = images.kept[first : first + _BATCH]
            targets = torch.from_numpy(images.classes[numbers].astype(np.int64))
            run = partial(called, _as_given(images.inputs[first : first + _BATCH], called))
            snapshot.batch(run, run.args, targets, numbers.tolist())
    finally:
        data = snapshot.finish()
    write_snapshot(session, data)


def _as_given(inputs: Tensor, model: nn.Module) -> Tensor:
    inputs = inputs.to(next(model.parameters()).device)
    return inputs.float() if inputs.is_floating_point() else inputs


def keep_for_snapshot(capture: Capture, kept_step: int) -> Capture | None:
    """Return what a snapshot of this step would need of a capture, before it is measured."""
    if capture.step != kept_step or capture.skipped:
        return None
    return Capture(
        capture.step, capture.series, gradients=dict(capture.gradients), before=dict(capture.before)
    )


def _gradients(session: "Session") -> Named:
    kept = session.kept
    if kept is not None and kept.step == session.step_number and kept.gradients:
        return _join(session.layers, kept.gradients)
    found: Named = {}
    for layer in session.layers:
        for name, piece in zip(layer.weight_names, layer.weights, strict=True):
            if piece.parameter.grad is not None and layer.tied_to is None:
                found[name] = piece.parameter.grad.detach()
    return found


def _updates(session: "Session", kept: Capture) -> Named:
    changed: dict[int, Any] = {}
    for layer in session.layers:
        before = kept.before.get(layer.index)
        if before is not None and not layer.parametrised:
            pairs = zip(layer.tensors(), before, strict=True)
            changed[layer.index] = tuple(now - past for now, past in pairs)
    return _join(session.layers, changed)


def _join(layers: tuple[Layer, ...], by_layer: dict[int, tuple[Tensor, ...]]) -> Named:
    """Return tensors by name in the state dict; rows of one weight that parts share put together."""
    parts: dict[str, list[Tensor]] = {}
    for layer in layers:
        for name, tensor in zip(layer.weight_names, by_layer.get(layer.index, ()), strict=False):
            parts.setdefault(name, []).append(tensor)
    return {
        name: found[0] if len(found) == 1 else torch.cat(found) for name, found in parts.items()
    }

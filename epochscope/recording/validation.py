"""The validation pass: results of each sample and neurons' activity, leaving no trace in training."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from epochscope.recording.batches import Batch, read_batches
from epochscope.recording.capturing import Capture, copy_weights
from epochscope.recording.images import (
    ImageSet,
    build_set,
    describe_images,
    describe_pictures,
    name_classes,
    number_slots,
    paths_of,
    read_samples,
)
from epochscope.recording.layers import Layer, find_layers, named_roots
from epochscope.recording.neurons import NeuronSums
from epochscope.recording.neutral import nothing_changes
from epochscope.recording.predictions import Function, Results, describe_classes
from epochscope.recording.snapshot import SnapshotPass
from epochscope.recording.snapshotting import begin_snapshot, write_snapshot

if TYPE_CHECKING:
    from epochscope.recording.session import Session


@dataclass(frozen=True)
class Criteria:
    """How the outputs of a pass are judged."""

    loss: Function | None = None
    predict: Function | None = None
    score: Function | None = None


def validate(
    session: "Session", loader: Iterable[Any], model: Function | None, criteria: Criteria
) -> None:
    """Pass once over the loader and record the current step's validation."""
    called = model if model is not None else only_model(session)
    capture = Capture(session.step_number, "validation")
    results = Results(criteria.loss, criteria.predict, criteria.score)
    with aside(session, called, loader):
        batches = read_batches(loader, _device(session))
        first = next(batches, None)
        if first is None:
            raise ValueError("The loader given to validate() has no batches; give it samples.")
        _learn_first(session, called, first)
        data = _pass(session, called, chain([first], batches), results, capture)
    if data is not None:
        write_snapshot(session, data)
    copy_weights(capture, session.layers)
    _judge(session, capture, results)


@contextmanager
def aside(session: "Session", called: Function, loader: object) -> Iterator[None]:
    """Run a pass in eval mode that training does not notice, nor the hooks of training."""
    roots = [root for _, root in named_roots(session.model)]
    if isinstance(called, nn.Module):
        roots.append(called)
    session.pause(True)
    try:
        with nothing_changes(roots, loader), torch.no_grad():
            for root in roots:
                for module in root.modules():
                    module.training = False  # eval() may be overridden to do more
            yield
    finally:
        session.pause(False)


def only_model(session: "Session") -> nn.Module:
    """Return the watched model; of several the caller must name one."""
    roots = [root for _, root in named_roots(session.model)]
    if len(roots) != 1:
        raise ValueError(
            f"The recorder watches {len(roots)} models; say which to call by validate(model=...)."
        )
    return roots[0]


def _learn_first(session: "Session", called: Function, first: Batch) -> None:
    # Before the first training pass nothing is known of what follows a layer, which the very
    # first validation needs as much as the later ones.
    if session.first_pass is None or session.first_pass.seen:
        return
    session.first_pass.passes = "all"
    try:
        first.run(called)
    finally:
        session.first_pass.passes = "none"
    session.learn_early()


def _pass(
    session: "Session",
    called: Function,
    batches: Iterable[Batch],
    results: Results,
    capture: Capture,
) -> bytes | None:
    """Run all batches; return the snapshot taken on the way where one was due."""
    snapshot = None
    if session.snapshots.is_due(capture.step):
        snapshot = begin_snapshot(session, results.predict)
    sums = NeuronSums(_layers(session, called), session.measurer.nonlinearities, session.border)
    try:
        for batch in batches:
            results.add(_outputs(session, called, batch, results.samples, snapshot), batch)
    finally:
        capture.measured = sums.finish()
        data = None if snapshot is None else snapshot.finish()
    return data


def _outputs(
    session: "Session", called: Function, batch: Batch, first: int, snapshot: SnapshotPass | None
) -> Any:
    if snapshot is None:
        return batch.run(called)
    images, last = session.images, first + batch.size
    targets = batch.targets
    if images is not None and last <= len(images):
        targets = torch.from_numpy(images.classes[first:last].astype(np.int64))
    return snapshot.batch(lambda: batch.run(called), batch.args, targets, range(first, last))


def _judge(session: "Session", capture: Capture, results: Results) -> None:
    """Write scalars and rows; refuse the results of samples that are not the logged ones."""
    step = capture.step
    labels = results.read("label")
    predicted = results.read("predicted")
    scalars: dict[str, object] = {"validation/loss": results.mean_loss()}
    if labels is not None and predicted is not None:
        scalars["validation/error"] = float((predicted != labels).mean())
    session.scalars.add(step, scalars)
    if session.images is None and results.samples:
        session.set_images(_assume_images(session, labels, results.samples), {})
    images = session.images
    refusal = None if images is None else find_mismatch(images, labels, results.samples)
    if images is not None and refusal is None:
        capture.tables["class_stat"] = describe_classes(step, images, results)
    session.cadence.validated(step)
    session.submit(capture, "validation")
    if refusal is not None:
        raise ValueError(refusal)


def find_mismatch(images: ImageSet, labels: np.ndarray | None, count: int) -> str | None:
    """Say in one sentence how a pass differs from the samples of log_images; None if it does not."""
    advice = "the loader must give the samples of log_images in their order (shuffle=False)"
    if count != len(images):
        return f"validate() saw {count} samples where log_images() had {len(images)}; {advice}."
    if images.labelled and labels is not None and not np.array_equal(labels, images.classes):
        first = int(np.argmax(labels != images.classes))
        return (
            f"validate() saw label {int(labels[first])} for sample {first} where log_images() had "
            f"{int(images.classes[first])}; {advice}."
        )
    return None


def _assume_images(session: "Session", labels: np.ndarray | None, count: int) -> ImageSet:
    """Take the samples of a first validation for the logged ones: without pictures."""
    if labels is None or labels.min() < 0:
        classes = np.zeros(count, np.int32)
        return ImageSet("validation", classes, number_slots(classes), ("group 1",), False)
    classes = labels.astype(np.int32)
    names = name_classes(session.options.class_names, int(classes.max()) + 1)
    return ImageSet("validation", classes, number_slots(classes), names, True)


def _layers(session: "Session", called: Function) -> Sequence[Layer]:
    """Return the layers to tap: of the watched model, or those alike of another one (an average)."""
    watched = {id(module) for _, root in named_roots(session.model) for module in root.modules()}
    if not isinstance(called, nn.Module) or any(id(m) in watched for m in called.modules()):
        return session.layers
    own = {layer.name: layer for layer in find_layers(called)}
    pairs = [(layer, own.get(layer.name)) for layer in session.layers]
    return [layer.on(other) for layer, other in pairs if other is not None]


def _device(session: "Session") -> torch.device:
    for _, root in named_roots(session.model):
        for parameter in root.parameters():
            return parameter.device
    return torch.device("cpu")


def log_images(
    session: "Session",
    dataset: Any,
    split: str,
    ids: Sequence[object] | None,
    keep: tuple[bool, int],
) -> None:
    """Read a dataset once and write its images; `keep` says whether inputs are, and their bytes."""
    if session.images is not None:
        raise ValueError(
            "log_images() was called before, or came after validate(); call it once, first."
        )
    with nothing_changes([], dataset), torch.no_grad():
        samples = read_samples(dataset, *keep)
    images = build_set(split, samples, session.options.class_names)
    tables = describe_images(images, ids, paths_of(dataset, len(images)))
    session.set_images(images, {**tables, **describe_pictures(samples, images)})

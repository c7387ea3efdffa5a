"""One recording: what the calls of the Recorder do, in the order training makes them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import torch

from epochscope.log_writer import LogWriter
from epochscope.recording.background import Background
from epochscope.recording.border import Border
from epochscope.recording.cadence import Cadence, SnapshotCadence
from epochscope.recording.capturing import Capture, copy_weights
from epochscope.recording.cost import Cost, Ledger
from epochscope.recording.first_pass import FirstPass
from epochscope.recording.images import ImageSet, describe_images
from epochscope.recording.layers import Models, check_initialised, find_nodes, named_roots
from epochscope.recording.measuring import Measurer
from epochscope.recording.meta import describe_layers, describe_run
from epochscope.recording.scalars import Scalars
from epochscope.recording.snapshotting import keep_for_snapshot, snapshot_inputs
from epochscope.recording.tables import Tables
from epochscope.recording.validation import Criteria, aside, log_images, only_model, validate
from epochscope.recording.watching import Watch


@dataclass(frozen=True)
class Options:
    """What the Recorder was given beside path and model."""

    optimizers: Mapping[str, torch.optim.Optimizer] = field(default_factory=dict)
    config: Mapping[str, object] | None = None
    class_names: Sequence[str] | None = None
    total_steps: int | None = None
    every: int | None = None
    budget: float = 0.05
    snapshot_every: int | None = None
    roles: Mapping[str, object] | None = None
    resume: bool | int = False
    strict: bool = False


class Session:
    """Ties together hooks, measuring and writing; every method may raise, the Recorder catches."""

    def __init__(self, path: Path, model: Models, options: Options) -> None:
        """Open the log and record the initial weights as step 0."""
        check_initialised(model)
        self.model = model
        self.options = options
        self.folder = path
        self.cadence = Cadence(options.every, options.budget, options.total_steps)
        self.snapshots = SnapshotCadence(options.snapshot_every, options.total_steps)
        self.nodes = find_nodes(model)
        self.layers = tuple(node.layer for node in self.nodes if node.layer is not None)
        self.border = Border(options.strict, self._report)
        self.ledger = Ledger()
        writer = _open_log(path, options, self)
        self.step_number = writer.last_step
        self.background = Background(
            writer, self.border, options.total_steps, lambda: self.step_number, self.ledger
        )
        rows, make_room = self.background.scalars, self.background.make_room
        self.scalars = Scalars(rows, make_room, options.optimizers)
        self.measurer = Measurer(self.nodes)
        self.watch = Watch(self.layers, options.optimizers, self.border)
        self.first_pass: FirstPass | None = FirstPass(model, self.nodes, self.border, self.ledger)
        self.graph: dict[str, Any] | None = None
        self.images: ImageSet | None = None
        self.kept: Capture | None = None  # of the last recorded step, while a snapshot is due
        self.closed = False
        self._dropping = False  # the coming step was due, but the queue is full
        self._write_layers()
        if not options.resume:
            self._record_weights()
        self._plan()

    def step(
        self,
        loss: object,
        error: object,
        epoch: object,
        skipped: bool | None,
        scalars: Mapping[str, object],
    ) -> None:
        """Close the current step: its scalars, and its statistics where they were due."""
        step = self.step_number = self.step_number + 1
        self.kept = None
        given = {"train/loss": loss, "train/error": error, **scalars}
        self.scalars.add_step(step, given, epoch)
        # A step that is watched, or was dropped, is never before the earliest that may be due.
        if step + 1 >= self.cadence.earliest or self.first_pass is not None:
            self._attend(given, skipped)

    def log(self, scalars: Mapping[str, object], step: int | None) -> None:
        """Add scalars at a step, the current one by default."""
        self.scalars.add(self.step_number if step is None else int(step), scalars)

    def validate(self, loader: Any, model: Any, criteria: Criteria) -> None:
        """Pass over a loader and record the current step's validation."""
        with self.ledger.timed("validation"):
            validate(self, loader, model, criteria)

    def log_images(
        self, dataset: Any, split: str, ids: Sequence[object] | None, keep: tuple[bool, int]
    ) -> None:
        """Read a dataset and keep what names and shows its samples."""
        with self.ledger.timed("validation"):
            log_images(self, dataset, split, ids, keep)

    def snapshot(self) -> None:
        """Take a snapshot over the inputs that log_images kept."""
        model = only_model(self)
        with self.ledger.timed("validation"), aside(self, model, None):
            snapshot_inputs(self, model)

    def event(self, kind: str, message: str, detail: Mapping[str, object] | None = None) -> None:
        """Add an event at the current step."""
        self.background.add_event(self.step_number, str(kind), str(message), dict(detail or {}))

    def cost(self) -> Cost:
        """Sum up what recording cost."""
        return self.ledger.read(self.folder, self.scalars.seconds)

    def close(self, state: str, message: str) -> None:
        """Remove every hook, finish the queue, and say how the run ended."""
        if self.closed:
            return
        self.closed = True
        if state == "finished":
            self.border.call_later("last snapshot", self._take_last_snapshot)  # told below
        self.watch.detach()
        if self.first_pass is not None:
            self.first_pass.finish({})
        self.border.shut = True
        self.background.close(state, message)
        self.border.surface()

    def _take_last_snapshot(self) -> None:
        kept = self.images is not None and self.images.inputs is not None
        missing = self.snapshots.is_missing_at_end(self.step_number, self.cadence.last_validation())
        if self.step_number and kept and missing and len(list(named_roots(self.model))) == 1:
            self.snapshot()

    def submit(self, capture: Capture, kind: str) -> None:
        """Queue a capture; its cost is of a kind: "statistics" or "validation"."""

        def job(writer: LogWriter) -> Iterator[None]:
            began = time.thread_time()
            tables = Tables(capture.step, capture.series)
            for _ in self.measurer.measure(capture, tables):
                yield
            writer.stage_step(capture.step, tables.build() | capture.tables)
            self.ledger.add(kind, time.thread_time() - began)

        self.background.submit(f"record of step {capture.step}", job, capture.size, kind)

    def write_meta(self, files: Mapping[str, pa.Table | bytes]) -> None:
        """Queue tables or bytes of meta/."""

        def job(writer: LogWriter) -> Iterator[None]:
            writer.commit_meta(files)
            yield

        self.background.submit("meta", job)

    def set_images(self, images: ImageSet, files: Mapping[str, pa.Table | bytes]) -> None:
        """Take samples for the ones that are validated, and write them."""
        self.images = images
        self.write_meta(files or describe_images(images, None, None))

    def pause(self, paused: bool) -> None:
        """Let passes that are not training go by unseen."""
        self.watch.pause(paused)
        if self.first_pass is not None:
            self.first_pass.passes = "none" if paused else "training"

    def learn_early(self) -> None:
        """Use what a pass before the first training step told of the model."""
        if self.first_pass is not None:
            found = self.first_pass.nonlinearities()
            self.measurer.nonlinearities = self.watch.nonlinearities = found
            self.graph = self.first_pass.graph()

    def _attend(self, scalars: Mapping[str, object], skipped: bool | None) -> None:
        if self.first_pass is not None and self.first_pass.seen:
            with self.ledger.timed("graph"):
                self._learn(scalars)
        if self._dropping:
            self._tell_dropped()
        if self.watch.is_on:
            with self.ledger.timed("statistics"):
                self._record(skipped)
        if self.step_number + 1 >= self.cadence.earliest:
            self._plan()

    def _record(self, skipped: bool | None) -> None:
        capture = self.watch.finish(skipped)
        if capture is None:
            return
        if self.snapshots.is_due(capture.step):
            self.kept = keep_for_snapshot(capture, self.step_number)
        if capture.skipped:
            self.event("skipped", "The optimizer skipped this update.")
        self.ledger.recorded += 1
        self.cadence.recorded(capture.step)
        self.submit(capture, "statistics")

    def _tell_dropped(self) -> None:
        self._dropping = False
        self.ledger.dropped += 1
        message = "The queue was full: a recorded step was dropped before it was computed."
        self.event("dropped", message, {"dropped": self.ledger.dropped})

    def _record_weights(self) -> None:
        capture = Capture(self.step_number, "statistics")
        copy_weights(capture, self.layers)
        self.submit(capture, "statistics")

    def _plan(self) -> None:
        step = self.step_number + 1
        ledger = self.ledger
        if not self.cadence.is_due(
            step, ledger.seconds("statistics"), ledger.trained(), ledger.price()
        ):
            return
        if self.background.is_full():
            self._dropping = True
            self.cadence.recorded(step)  # the next attempt is one interval on
            return
        with ledger.timed("statistics"):
            self.watch.attach(step)

    def _learn(self, scalars: Mapping[str, object]) -> None:
        assert self.first_pass is not None
        learned, self.first_pass = self.first_pass, None
        learned.finish(scalars)
        found = learned.nonlinearities()
        self.measurer.nonlinearities = self.watch.nonlinearities = found
        self.graph = learned.graph()
        graph = learned.graph_bytes()
        if graph is not None:
            self.write_meta({"graph.json": graph})
        self._write_layers(learned)

    def _write_layers(self, learned: FirstPass | None = None) -> None:
        order = {} if learned is None else learned.order
        found = None if learned is None else self.measurer.nonlinearities
        table = describe_layers(self.nodes, self.options.optimizers, order, found)
        self.write_meta({"layers": table})

    def _report(self, message: str, detail: str) -> None:
        self.background.add_event(self.step_number, "failure", message, {"traceback": detail})


def _open_log(path: Path, options: Options, session: Session) -> LogWriter:
    if options.resume is not False:
        return LogWriter.resume(path, None if options.resume is True else int(options.resume))
    facts = describe_run(
        options.config, options.class_names, options.total_steps, options.roles, session.nodes
    )
    return LogWriter.create(path, facts)

"""Writes small seeded runs with planted, known effects, through the recorder's own log writer."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.planted_pictures import draw_picture, encode_png
from data.planted_results import Results, describe_classes, describe_results, invent_results
from data.planted_scalars import Scalars, invent_scalars
from data.planted_weights import LAYERS, Jump, WeightWalk, describe_layers
from epochscope.log_writer import LogWriter

NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_JOURNAL_ROWS = 20_000  # more scalars at once go straight into a Parquet file


@dataclass(frozen=True)
class Plan:
    """How large a planted run is and what is planted in it; steps count from 0."""

    seed: int = 7
    steps: int = 4_000
    classes: int = 10
    images_per_class: int = 24
    validations: int = 80  # validated steps, step 0 and the last included; 0 for none
    statistics: int = 0  # further recorded steps, between the validated ones
    forgetting_class: int = 3
    forgets: tuple[float, float] = (0.5, 0.62)  # shares of the validated steps
    jumping_filters: tuple[int, ...] = (2, 5)  # of features.conv2, when the class forgets
    learning_rates: tuple[float, ...] = (0.1, 0.01, 0.001)  # equal stages
    nan_at: int | None = None  # train/loss is NaN at this step
    spike_at: int | None = None  # train/loss leaps at this one step
    scores_nan_from: int | None = None  # every score is NaN from this step on
    predictions: bool = True
    scores: bool = False
    pictures: bool = True
    layers: bool = True
    width: float = 1.0
    created: datetime | None = None
    step_seconds: float = 0.01


@dataclass(frozen=True)
class Planted:
    """What was planted in a run, as truths to hold a reader to."""

    folder: Path
    name: str
    plan: Plan
    validation_steps: NDArray[np.int64]  # (step,)
    statistics_steps: NDArray[np.int64]  # (step,)
    results: Results | None
    forgets: tuple[int, int]  # first and last step at which the class has forgotten
    forgotten_slots: NDArray[np.int64]  # of the images that are forgotten
    scalars: Scalars
    class_names: tuple[str, ...]


class PlantedRun:
    """A planted run that is still being written: advance it, then finish it."""

    def __init__(self, folder: Path, name: str, plan: Plan) -> None:
        """Plan everything, and write what a recorder's constructor and log_images would."""
        rng = np.random.default_rng(plan.seed)
        self.planted = _plant(folder / name, name, plan, rng)
        self._created = plan.created or datetime.now(UTC)
        self._written = -1
        self._walk = WeightWalk(plan.seed, plan.steps, self._jump())
        self.writer = LogWriter.create(folder / name, _describe_run(self.planted, self._created))
        self.writer.beat(0, plan.steps)
        self._write_meta(rng)

    def advance(self, step: int) -> None:
        """Write all steps up to and including this one."""
        step = min(step, self.planted.plan.steps)
        planted = self.planted
        recorded = np.union1d(planted.validation_steps, planted.statistics_steps)
        for each in recorded[(recorded > self._written) & (recorded <= step)].tolist():
            self._record(each)
        self._write_scalars(step)
        self._written = step
        self.writer.beat(step, planted.plan.steps)

    def finish(self, state: str = "finished", message: str = "") -> Planted:
        """Close the run; returns what was planted."""
        self.writer.close(state, message)
        return self.planted

    def _jump(self) -> Jump | None:
        filters = self.planted.plan.jumping_filters
        return Jump(self.planted.forgets[0], 2, filters) if self.planted.results else None

    def _write_meta(self, rng: np.random.Generator) -> None:
        plan, names = self.planted.plan, self.planted.class_names
        meta: dict[str, pa.Table | bytes] = {}
        if plan.layers:
            meta["layers"] = describe_layers()
        if self.planted.results:
            meta |= describe_classes(names, plan.images_per_class)
        if self.planted.results and plan.pictures:
            pictures = [
                encode_png(draw_picture(class_, rng))
                for class_ in range(plan.classes)
                for _ in range(plan.images_per_class)
            ]
            meta["thumbnails"] = pa.table(
                {
                    "image": range(len(pictures)),
                    "format": ["png"] * len(pictures),
                    "bytes": pictures,
                }
            )
        if meta:
            self.writer.commit_meta(meta)

    def _record(self, step: int) -> None:
        planted = self.planted
        tables: dict[str, pa.Table] = {}
        at = np.flatnonzero(planted.validation_steps == step)
        if planted.plan.layers:
            self._walk.advance(step)
            tables |= self._walk.record("validation" if len(at) else "statistics")
        if len(at) and planted.results:
            plan = planted.plan
            tables["class_stat"] = describe_results(
                planted.results, step, int(at[0]), (plan.predictions, plan.scores)
            )
        if tables:
            self.writer.commit_step(step, tables)

    def _write_scalars(self, step: int) -> None:
        rows = self.planted.scalars.between(self._written + 1, step)
        if len(rows.steps) > _JOURNAL_ROWS:
            table = rows.to_table(self._created, self.planted.plan.step_seconds)
            self.writer.commit_step(step, {"scalar": table})
            return
        pause = timedelta(seconds=self.planted.plan.step_seconds)
        self.writer.add_scalars(
            [
                (at, name, value, self._created + at * pause)
                for at, name, value in zip(
                    rows.steps.tolist(), rows.names.tolist(), rows.values.tolist(), strict=True
                )
            ]
        )
        self.writer.flush()


def open_planted_run(folder: Path, name: str = "live", **choices: Any) -> PlantedRun:
    """Start a planted run in the log folder and leave it open; choices are those of Plan."""
    return PlantedRun(folder, name, Plan(**choices))


def write_planted_run(folder: Path, name: str = "planted", **choices: Any) -> Planted:
    """Write a whole planted run into the log folder; choices are those of Plan."""
    run = open_planted_run(folder, name, **choices)
    run.advance(run.planted.plan.steps)
    return run.finish()


def write_score_run(folder: Path, name: str = "scores", **choices: Any) -> Planted:
    """Write a planted run that predicts no classes but scores every sample."""
    scored = {"classes": 4, "predictions": False, "scores": True}
    return write_planted_run(folder, name, **(scored | choices))


def write_plain_run(folder: Path, name: str = "plain", **choices: Any) -> Planted:
    """Write a planted run of scalars only: no layers, classes, images or validations."""
    return write_planted_run(folder, name, **({"validations": 0, "layers": False} | choices))


def _plant(folder: Path, name: str, plan: Plan, rng: np.random.Generator) -> Planted:
    validated = np.unique(np.linspace(0, plan.steps, plan.validations).round().astype(np.int64))
    count = len(validated)
    first, last = (min(int(share * count), max(count - 1, 0)) for share in plan.forgets)
    results = None
    if count:
        shape = (plan.classes, count, plan.images_per_class)
        forgets = (plan.forgetting_class % plan.classes, first, last)
        results = invent_results(shape, forgets, rng)
        if plan.scores_nan_from is not None:
            results.score[:, validated >= plan.scores_nan_from] = np.nan
    between = np.linspace(0, plan.steps, plan.statistics).round().astype(np.int64)
    named = plan.classes <= len(NAMES) and plan.predictions
    planted = Planted(
        folder=folder,
        name=name,
        plan=plan,
        validation_steps=validated,
        statistics_steps=np.setdiff1d(between, validated),
        results=results,
        forgets=(int(validated[first]), int(validated[last])) if count else (0, 0),
        forgotten_slots=np.arange(0, plan.images_per_class, 2),
        scalars=Scalars.nothing(),
        class_names=NAMES[: plan.classes]
        if named
        else tuple(
            f"{'class' if plan.predictions else 'group'} {i + 1}" for i in range(plan.classes)
        ),
    )
    return replace(planted, scalars=invent_scalars(plan, validated, results, rng))


def _describe_run(planted: Planted, created: datetime) -> dict[str, object]:
    plan = planted.plan
    config = {"lr": plan.learning_rates[0], "width": plan.width, "batch_size": 32,
              "optimizer": "SGD", "seed": plan.seed}  # fmt: skip
    return {
        "created": created.isoformat(),
        "config": config,
        "class_names": list(planted.class_names) if planted.results else [],
        "total_steps": plan.steps,
        "parameters": sum(each.filters * each.fan_in for each in LAYERS) if plan.layers else None,
    }

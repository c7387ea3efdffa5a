"""Writes a paper-scale log through the recorder's own writer and compaction."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.paper_log.arrays import as_lists
from benchmarks.paper_log.course import plan_course
from benchmarks.paper_log.filter_rows import FilterRows
from benchmarks.paper_log.filters import FilterWalk
from benchmarks.paper_log.layer_rows import LayerRows
from benchmarks.paper_log.names import name_classes
from benchmarks.paper_log.network import Network, build_network
from benchmarks.paper_log.pictures import draw_pictures
from benchmarks.paper_log.plan import IMAGES, Plan
from benchmarks.paper_log.results import Answers, invent_answers
from benchmarks.paper_log.scalars import describe_run, invent_scalars
from benchmarks.paper_log.truths import Truths, draw_truths
from data.planted_results import describe_classes
from epochscope.compaction import collect_garbage, compact
from epochscope.log_writer import LogWriter

_COMPACT_EVERY = 32  # recorded steps


@dataclass(frozen=True)
class PaperLog:
    """A written log, and what was planted in it: nothing of that stands in the log."""

    folder: Path  # the log folder
    name: str
    plan: Plan
    truths: Truths | None


def write_paper_log(logdir: Path, plan: Plan, name: str = "resnet50") -> PaperLog:
    """Write the log of a plan as a run of the log folder, compacted, without what was merged."""
    network = build_network(plan.fraction)
    truths = draw_plants(plan)
    answers = invent_answers(plan, truths)
    names = name_classes(plan.classes)
    parameters = sum(layer.filters * layer.fan_in for layer in network.layers)
    folder = logdir / name
    writer = LogWriter.create(folder, describe_run(plan, names, parameters))
    writer.commit_meta(_describe_images(plan, names, truths))
    writer.commit_meta({"layers": network.table, "graph.json": network.graph})
    _write_steps(writer, plan, network, answers, truths)
    writer.beat(plan.total_steps, plan.total_steps)
    writer.close("finished")
    compact(folder)
    collect_garbage(folder, older_than_seconds=0)  # nobody can be reading them yet
    return PaperLog(logdir, name, plan, truths)


def draw_plants(plan: Plan) -> Truths | None:
    """Say what a plan plants in its log, which is the same each time; None where it plants nothing."""
    return draw_truths(plan, build_network(plan.fraction)) if plan.plants else None


def _describe_images(
    plan: Plan, names: list[str], truths: Truths | None
) -> dict[str, pa.Table | bytes]:
    pictures = list(draw_pictures(plan, truths))
    thumbnails = {
        "image": np.arange(len(pictures), dtype=np.int32),
        "format": ["png"] * len(pictures),
        "bytes": pictures,
    }
    return {**describe_classes(names, IMAGES), "thumbnails": pa.table(thumbnails)}


def _write_steps(
    writer: LogWriter, plan: Plan, network: Network, answers: Answers, truths: Truths | None
) -> None:
    course = plan_course(plan, network)
    walk = FilterWalk(plan, network, course, truths, answers.find_events())
    layer_rows = LayerRows(plan, network, course, walk)
    filter_rows = FilterRows(plan, network, walk)
    scalars = invent_scalars(plan, answers)
    written, past = -1, None
    for at, step in enumerate(plan.steps.tolist()):
        while written < step:
            written, rows = next(scalars)
            writer.commit_step(written, {"scalar": rows})
        now, gradients = walk.advance(at), walk.draw_gradients(at)
        tables = filter_rows.describe(at, now, past, gradients)
        tables["layer_stat"] = layer_rows.describe(at, now, past, gradients)
        tables["class_stat"] = _describe_answers(answers, at, step)
        writer.commit_step(step, tables)
        past = now
        if at % _COMPACT_EVERY == _COMPACT_EVERY - 1:
            compact(writer.folder)
    for written, rows in scalars:
        writer.commit_step(written, {"scalar": rows})


def _describe_answers(answers: Answers, at: int, step: int) -> pa.Table:
    right = answers.right[at]
    classes = len(right)
    padded = np.zeros((classes, 64), np.bool_)
    padded[:, :IMAGES] = right
    bits = np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    loss, confidence = answers.measure(at)
    return pa.table(
        {
            "step": np.full(classes, step),
            "class": np.arange(classes, dtype=np.int32),
            "n": np.full(classes, IMAGES, np.int32),
            "right": right.sum(1, dtype=np.int32),
            "loss": loss,
            "mean_confidence": confidence,
            "bits": as_lists(bits),
            "predicted": as_lists(answers.predict(at)),
        }
    )

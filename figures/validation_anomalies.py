"""What the browser gets of the anomaly iterations: the strongest, and how scores are spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.steady_flips import CellFlips
from figures.canvas_bytes import pack_numbers

Payload = dict[str, Any]
Counts = NDArray[np.int64]

SENT_AT_MOST = 12_000  # anomaly iterations of a run; the weakest beyond are counted alone


@dataclass(frozen=True)
class RunAnomalies:
    """The anomaly scores of one run, and where they stand on the page."""

    rows: Counts  # (class,) of the page
    cells: Counts  # (step,) of the strips of the run
    images: Counts  # (class,) their number
    left: NDArray[np.signedinteger]  # (class, step) images that flip out of a steady answer
    right: NDArray[np.signedinteger]  # (class, step) images that flip into one
    learned: CellFlips | None  # from wrong to right; None where only others are looked at
    chosen: NDArray[np.bool_]  # (class, step) anomaly iterations
    window: int  # steps
    rule: str  # left, right or either

    def scores(self) -> list[NDArray[np.signedinteger]]:
        """List the scores that the rule looks at, (class, step); of two the larger counts."""
        return {"left": [self.left], "right": [self.right]}.get(self.rule, [self.left, self.right])


def draw_anomalies(runs: Sequence[RunAnomalies | None], settings: Payload) -> Payload:
    """Pack the anomaly iterations of runs, strongest first; a run without answers is None."""
    return {**settings, "runs": [None if run is None else _pack_run(run) for run in runs]}


def _pack_run(run: RunAnomalies) -> Payload:
    scores = run.scores()
    images = np.maximum(run.images, 1)
    class_, step = np.nonzero(run.chosen)
    strength = np.max([each[class_, step] for each in scores], axis=0) / images[class_]
    order = np.lexsort((run.rows[class_], step, -strength))[:SENT_AT_MOST]
    class_, step = class_[order], step[order]
    counts = [each[class_, step] for each in (run.left, run.right)]
    fields = [run.rows[class_], run.cells[step], *counts, *_count_learned(run, class_, step)]
    peaks = np.max([each.max(1, initial=0) for each in scores], axis=0)
    return {
        "count": int(run.chosen.sum()),
        "sent": len(order),
        "events": pack_numbers(np.array(fields)),
        "largest": float((peaks / images).max(initial=0)),
        "rows": pack_numbers(run.rows),
        "counts": pack_numbers(run.chosen.sum(1)),
        "peaks": pack_numbers(peaks),
        "images": pack_numbers(run.images),
        "cells": pack_numbers(run.cells),
        "together": pack_numbers(run.chosen.sum(0)),
        "spread": _spread(run, images),
    }


def _count_learned(run: RunAnomalies, class_: Counts, step: Counts) -> tuple[Counts, Counts]:
    if run.learned is None:
        return np.zeros_like(class_), np.zeros_like(class_)
    return run.learned.count(class_, step, run.window)


def _spread(run: RunAnomalies, images: Counts) -> list[int]:
    # By percent of the class, rounded down: a score reaches a threshold where its percent does.
    # Scores are counted before they are made percents: there are few of them, and many cells.
    counts = np.zeros(101, dtype=np.int64)
    for size in np.unique(images):
        classes = np.flatnonzero(images == size)
        kept = slice(None) if len(classes) == len(images) else classes
        for scores in run.scores():
            own = scores[kept]
            often = np.bincount(own[own > 0])
            percent = np.arange(len(often)) * 100 // size
            counts += np.bincount(percent, often, minlength=101).astype(np.int64)
    return [int(count) for count in counts]

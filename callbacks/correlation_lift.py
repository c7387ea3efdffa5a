"""Loads how much more often filters move where a class flips than chance would have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition

import numpy as np
from cachetools import LRUCache, cached

from analytics.anomaly_filters import count_changing
from analytics.class_rows import ClassRow
from analytics.lift import Lift, measure_lift
from analytics.miniset_table import find_whole_steps
from callbacks.anomalies import load_stages
from callbacks.correlation_load import load_filters
from callbacks.correlation_matrix import load_matrix
from callbacks.correlation_order import place_classes
from callbacks.correlation_settings import Asked
from callbacks.validation_charts import align_rows
from data.store import Run, open_run
from figures.correlation import RunMatrix

PAIRS_AT_MOST = 1_000_000  # of a row and a class: 8 MB to send; more are not compared with chance


@dataclass(frozen=True)
class LoadedLift:
    """The lift of each run, and the matrix it belongs to."""

    key: str
    runs: list[Lift | None]  # rows and classes as the matrix has them; None also of too many pairs
    pairs: list[int]  # of each run, of a row and a class


def load_lift(names: Sequence[str], asked: Asked) -> LoadedLift:
    """Measure the lift of every cell of the matrix of each run."""
    return _lift(tuple((name, open_run(name).version) for name in names), asked)


# Kept, as Correlation and Cube ask for the same one after the other; until a run grows, hence the versions.
# Requests that ask for the same at the same time wait for one of them.
@cached(LRUCache(16), condition=Condition())
def _lift(versions: tuple[tuple[str, str], ...], asked: Asked) -> LoadedLift:
    matrix = load_matrix([name for name, _ in versions], asked)
    runs = tuple(open_run(name) for name, _ in versions)
    aligned = align_rows(runs) if matrix.classes else []
    rows = [aligned[row] for row, _, _ in matrix.classes]
    pairs = [
        0 if shown is None or shown.state else len(rows) * _count_rows(shown)
        for shown in matrix.runs
    ]
    lifts = [
        _measure(run, shown, asked, (place, rows)) if shown and 0 < many <= PAIRS_AT_MOST else None
        for place, (run, shown, many) in enumerate(zip(runs, matrix.runs, pairs, strict=True))
    ]
    return LoadedLift(matrix.key, lifts, pairs)


def _count_rows(shown: RunMatrix) -> int:
    return len(shown.rows.layers if shown.rows.sets is None else shown.rows.sets)


def _measure(run: Run, shown: RunMatrix, asked: Asked, classes: tuple[int, list[ClassRow]]) -> Lift:
    found = load_filters(run, asked.anomalies, asked.top, asked.relative)
    assert found is not None, "a run with a matrix predicted something"
    places = place_classes(run, *classes)
    anomalies = np.where((places >= 0)[:, None], found.anomalies.chosen[places], False)
    if shown.rows.sets is None:
        counts = count_changing(found.filters, len(found.layers), len(shown.steps))
        appearances = counts[shown.rows.layers]
    else:
        appearances = find_whole_steps(shown.rows.sets, found.filters).astype(np.int64)
    return measure_lift(appearances, anomalies, load_stages(run, shown.steps))

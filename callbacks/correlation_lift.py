"""Loads how much more often filters move where a class flips than chance would have it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.anomaly_filters import count_changing
from analytics.lift import Lift, measure_lift
from analytics.miniset_table import find_whole_steps
from callbacks.anomalies import load_stages
from callbacks.correlation_load import load_filters
from callbacks.correlation_matrix import load_matrix
from callbacks.correlation_order import place_classes
from callbacks.correlation_settings import Asked
from callbacks.validation_charts import align_rows
from data.errors import UnreadableRunError
from data.store import open_run


@dataclass(frozen=True)
class LoadedLift:
    """The lift of each run, and the matrix it belongs to."""

    key: str
    runs: list[Lift | None]  # rows and classes as the matrix has them


def load_lift(names: Sequence[str], asked: Asked) -> LoadedLift:
    """Measure the lift of every cell of the matrix of each run."""
    matrix = load_matrix(names, asked)
    runs = tuple(open_run(name) for name in names)
    found = []
    for run in runs:
        try:
            found.append(load_filters(run, asked.anomalies, asked.top, asked.relative))
        except UnreadableRunError:
            found.append(None)
    aligned = align_rows(runs) if matrix.classes else []
    rows = [aligned[row] for row, _, _ in matrix.classes]
    lifts: list[Lift | None] = []
    for place, (run, each, shown) in enumerate(zip(runs, found, matrix.runs, strict=True)):
        if each is None or shown is None or shown.state:
            lifts.append(None)
            continue
        places = place_classes(run, place, rows)
        anomalies = np.where((places >= 0)[:, None], each.anomalies.chosen[places], False)
        if shown.rows.sets is None:
            counts = count_changing(each.filters, len(each.layers), len(shown.steps))
            appearances = counts[shown.rows.layers]
        else:
            appearances = find_whole_steps(shown.rows.sets, each.filters).astype(np.int64)
        lifts.append(measure_lift(appearances, anomalies, load_stages(run, shown.steps)))
    return LoadedLift(matrix.key, lifts)

"""Finds the anomaly iterations of the chosen runs, and where they stand on the Validation page."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.flips import AnomalyScores, score_anomalies
from callbacks.anomalies import (
    AnomalySettings,
    find_anomalies,
    load_flips,
    load_suggestions,
    read_settings,
)
from callbacks.validation_charts import align_rows
from callbacks.validation_strips import load_class_curves
from data.errors import UnreadableRunError
from data.store import Run, open_run
from figures.validation_anomalies import RunAnomalies
from selection import Selection

Counts = NDArray[np.int64]


def read_chosen(chosen: Mapping[str, Any] | None) -> AnomalySettings:
    """Read window, threshold, rule and flips from the part of the selection that holds them."""
    return read_settings(Selection.from_store(chosen))


def load_anomalies(
    names: Sequence[str], settings: AnomalySettings
) -> tuple[RunAnomalies | None, ...]:
    """Score the classes of each run at each step; None where a run predicted nothing."""
    runs = tuple(open_run(name) for name in names)
    try:
        rows = align_rows(runs)
    except UnreadableRunError:
        return (None,) * len(runs)  # the strips say so
    placed = []
    for place, run in enumerate(runs):
        curves = load_class_curves(run)
        row_of = {row.classes[place]: row.row for row in rows if row.classes[place] is not None}
        placed.append(_score(run, row_of, settings) if curves is not None and row_of else None)
    return tuple(placed)


def _score(
    run: Run, row_of: Mapping[int | None, int], settings: AnomalySettings
) -> RunAnomalies | None:
    found = find_anomalies(run, settings)
    curves = load_class_curves(run)
    if found is None or curves is None:
        return None
    places = np.searchsorted(curves.class_ids, found.class_ids).tolist()
    rows = np.array([row_of.get(place, -1) for place in places], dtype=np.int64)
    shown = rows >= 0
    learned = _score_learned(run.name, run.version, settings.window, settings.direction)

    def pick(scores: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(scores[shown])

    return RunAnomalies(
        rows[shown],
        np.searchsorted(curves.steps, found.steps),
        pick(found.images),
        pick(found.scores.left),
        pick(found.scores.right),
        pick(learned.left),
        pick(learned.right),
        pick(found.chosen),
        settings.rule,
    )


@lru_cache(maxsize=32)
def _score_learned(name: str, version: str, window: int, direction: str) -> AnomalyScores:
    loaded = load_flips(open_run(name))
    assert loaded is not None, "only runs with answers have scores"
    answers = loaded.answers
    shape = (len(answers.class_ids), len(answers.steps))
    if direction == "forgotten":
        return AnomalyScores(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64))
    return score_anomalies(loaded.flips, answers.classes, shape[1], window, "learned", shape[0])


def load_suggestion(names: Sequence[str], settings: AnomalySettings) -> dict[str, Any] | None:
    """Suggest a window and a threshold for the first run that predicted; None without answers."""
    for name in names:
        run = open_run(name)
        if load_flips(run) is None:
            continue
        found = load_suggestions(run, settings)
        return {"run": name, **({} if not found else vars(found[0]))}
    return None

"""Finds the anomaly iterations of the chosen runs, and where they stand on the Validation page."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from callbacks.anomalies import (
    AnomalySettings,
    find_anomalies,
    load_flips,
    load_learned,
    load_suggestions,
    read_settings,
)
from callbacks.validation_charts import align_rows
from callbacks.validation_strips import load_class_curves
from data.errors import UnreadableRunError
from data.store import Run, open_run
from figures.validation_anomalies import RunAnomalies
from selection import Selection


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
    return RunAnomalies(
        np.array([row_of.get(place, -1) for place in places], dtype=np.int64),
        np.searchsorted(curves.steps, found.steps),
        found.images,
        found.scores.left,
        found.scores.right,
        None if settings.direction == "forgotten" else load_learned(run),
        found.chosen,
        settings.window,
        settings.rule,
    )


MANY_FLIPS = 200_000  # from here on a suggestion takes long, so it waits to be asked for


def load_suggestion(
    names: Sequence[str], settings: AnomalySettings, asked: bool
) -> dict[str, Any] | None:
    """Suggest a window and a threshold for the first run that predicted; None without answers.

    Where that takes long and was not asked for, the suggestion says only that it waits.
    """
    for name in names:
        run = open_run(name)
        loaded = load_flips(run)
        if loaded is None:
            continue
        if len(loaded.flips) > MANY_FLIPS and not asked:
            return {"run": name, "waits": True}
        with _suggesting:  # at most one at a time, and the next finds it done
            found = load_suggestions(run, settings)
        return {"run": name, **({} if not found else vars(found[0]))}
    return None


_suggesting = Lock()

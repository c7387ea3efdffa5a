"""Orders the classes of Correlation and Cube, the same for every run."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.class_errors import measure_class_errors
from analytics.class_rows import ClassRow
from analytics.similarity_order import order_by_similarity
from callbacks.anomalies import load_flips
from callbacks.correlation_load import RunFilters
from callbacks.validation_charts import align_rows
from callbacks.validation_strips import load_class_curves
from data.store import Run, open_run

STRENGTHS = ("appearances", "own")  # orders that look at mini-sets

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def order_rows(
    runs: tuple[Run, ...],
    found: Sequence[RunFilters | None],
    order: str,
    strength: Floats | None = None,
) -> list[ClassRow]:
    """Order the classes that have an anomaly iteration in any run; the first run leads.

    strength, (row,) by number of the row, ranks before similarity does; the strongest come first.
    """
    rows = align_rows(runs)
    counts = np.zeros(len(rows), np.int64)
    for place, each in enumerate(found):
        if each is not None:
            of_rows = _spread_rows(runs[place], place, rows, each.anomalies.chosen.sum(1))
            counts = np.maximum(counts, of_rows)
    shown = np.flatnonzero(counts > 0)
    if order == "iterations":
        ranked = shown[np.argsort(-counts[shown], kind="stable")]
    elif order == "name":
        ranked = np.array(sorted(shown, key=lambda row: rows[row].name.lower()), dtype=np.int64)
    elif order == "recorded":
        ranked = shown
    else:
        place_of = np.argsort(_order_errors(runs, rows, order))
        ranked = shown[np.argsort(place_of[shown], kind="stable")]
    if strength is not None:
        ranked = ranked[np.argsort(-strength[ranked], kind="stable")]
    return [rows[row] for row in ranked.tolist()]


def _order_errors(runs: tuple[Run, ...], rows: list[ClassRow], order: str) -> Ints:
    errors = load_errors(runs[0].name, runs[0].version)
    if errors is None:
        return np.arange(len(rows))
    own = np.array([-1 if row.classes[0] is None else row.classes[0] for row in rows])
    if order == "error":
        last = np.where(own >= 0, errors[own, -1], np.inf)
        return np.argsort(np.nan_to_num(last, nan=np.inf), kind="stable")
    ranked = _similarity(runs[0].name, runs[0].version)
    place = np.argsort(ranked)
    return np.argsort(np.where(own >= 0, place[own], len(rows)), kind="stable")


@lru_cache(maxsize=8)
def _similarity(name: str, version: str) -> Ints:
    errors = load_errors(name, version)
    assert errors is not None, "asked only where there are errors"
    return order_by_similarity(np.nan_to_num(errors))


@lru_cache(maxsize=8)
def load_errors(name: str, version: str) -> Floats | None:
    """Read the error of every class at the steps that hold answers: (class, step)."""
    run = open_run(name)
    curves, flips = load_class_curves(run), load_flips(run)
    if curves is None or flips is None:
        return None
    found = measure_class_errors(curves.right, curves.n).errors
    errors = np.full((found.shape[1], len(flips.answers.steps)), np.nan)
    shown = np.isin(curves.steps, flips.answers.steps)
    errors[:, np.searchsorted(flips.answers.steps, curves.steps[shown])] = found[shown].T
    return errors


def spread_strength(
    runs: tuple[Run, ...], place: int, hits: Ints, weight: Ints, order: str
) -> Floats | None:
    """Rank rows by the mini-sets (set, class) of the run at `place`: by appearances, or by their own.

    A class's own sets are those that appear nowhere else: the square of its appearances in a set
    over all of the set, at its largest. None where there is no mini-set.
    """
    if not len(hits):
        return None
    if order == "own":
        strength = (hits**2 / np.maximum(hits.sum(1, keepdims=True), 1)).max(0)
    else:
        strength = (weight / np.maximum(hits.sum(1), 1)) @ hits  # size × appearances of the class
    return np.asarray(_spread_rows(runs[place], place, align_rows(runs), strength))


def _spread_rows(run: Run, place: int, rows: list[ClassRow], values: NDArray[Any]) -> NDArray[Any]:
    # Values by class id of the anomalies, as rows of the page.
    places = place_classes(run, place, rows)
    return np.where(places >= 0, values[places], 0)


def place_classes(run: Run, place: int, rows: Sequence[ClassRow]) -> Ints:
    """Find each row's class among those of the anomalies of the run at `place`; -1 for none."""
    curves = load_class_curves(run)
    if curves is None:
        return np.full(len(rows), -1)
    # Both list all classes of the run by id.
    own = [row.classes[place] for row in rows]
    return np.array([-1 if each is None else each for each in own], dtype=np.int64)


def find_id(runs: Sequence[Run], row: ClassRow) -> int:
    """Find the class id of a row in the first run that has it."""
    place = next(place for place, each in enumerate(row.classes) if each is not None)
    curves = load_class_curves(runs[place])
    class_ = row.classes[place]
    assert curves is not None, "a row names a class of a run with results"
    assert class_ is not None
    return int(curves.class_ids[class_])

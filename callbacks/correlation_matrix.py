"""Builds the matrix of the chosen runs: classes in one order, mini-sets or layers within limits."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.anomaly_filters import count_all_unions, count_unions
from analytics.class_rows import ClassRow
from analytics.filter_scaling import scale_filters
from analytics.miniset_limits import Limits, keep_within, suggest_limits
from analytics.miniset_table import MiniSets, count_appearances
from analytics.similarity_order import order_by_similarity
from callbacks.anomalies import AnomalySettings, find_anomalies
from callbacks.correlation_load import (
    RunFilters,
    load_filters,
    load_layer_changes,
    load_sets,
    load_shares,
)
from callbacks.correlation_order import (
    STRENGTHS,
    find_id,
    order_rows,
    place_classes,
    spread_strength,
)
from callbacks.correlation_settings import Asked
from callbacks.validation_notes import describe_unreadable
from data.errors import UnreadableRunError
from data.scalars import read_stages
from data.store import Run, open_run
from figures.correlation import ClassMarks, FilterRows, Matrix, RunMatrix

SCORE_BINS = 50  # of 2 percent of a class

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def load_matrix(names: Sequence[str], asked: Asked) -> Matrix:
    """Load what the page shows of the chosen runs under the settings asked for."""
    return _matrix(tuple((name, open_run(name).version) for name in names), asked)


@lru_cache(maxsize=16)
def _matrix(versions: tuple[tuple[str, str], ...], asked: Asked) -> Matrix:
    runs = tuple(open_run(name) for name, _ in versions)
    found: list[RunFilters | None] = []
    unreadable = []
    for run in runs:
        try:
            found.append(load_filters(run, asked.anomalies, asked.top, asked.relative))
        except UnreadableRunError as error:
            found.append(None)
            unreadable.append(str(error))
    suggested = _suggest(runs, found, asked)
    limits = asked.limit(suggested)
    strength = _strengthen(runs, found, asked, limits)
    rows = order_rows(runs, found, asked.class_order, strength)
    return Matrix(
        name_key(runs, asked),
        tuple((row.row, find_id(runs, row), row.name) for row in rows),
        tuple(
            None if each is None else _build(run, place, each, rows, (asked, limits))
            for place, (run, each) in enumerate(zip(runs, found, strict=True))
        ),
        {**vars(asked.anomalies), "order": asked.class_order, "rows": asked.layer_order},
        limits,
        suggested,
        describe_unreadable(unreadable),
    )


def name_key(runs: Sequence[Run], asked: Asked) -> str:
    """Name what a matrix was made from, so that what comes later can be told to belong to it."""
    return f"{[(run.name, run.version) for run in runs]} {asked}"


def _suggest(runs: Sequence[Run], found: Sequence[RunFilters | None], asked: Asked) -> Limits:
    for run, each in zip(runs, found, strict=True):
        if each is not None and len(each.chosen):
            sets = load_sets(run, asked.anomalies, asked.top, asked.relative)
            return suggest_limits(sets.figures)
    return Limits()


def _strengthen(
    runs: tuple[Run, ...], found: Sequence[RunFilters | None], asked: Asked, limits: Limits
) -> Floats | None:
    if asked.class_order not in STRENGTHS:
        return None
    for place, (run, each) in enumerate(zip(runs, found, strict=True)):
        if each is not None and len(each.chosen):
            all_ = load_sets(run, asked.anomalies, asked.top, asked.relative)
            kept = keep_within(all_.figures, limits)
            hits = count_appearances(all_.sets.keep(kept), each.anomalies.chosen)
            weight = all_.figures.weight[kept]
            return spread_strength(runs, place, hits, weight, asked.class_order)
    return None


def _build(
    run: Run, place: int, found: RunFilters, rows: list[ClassRow], how: tuple[Asked, Limits]
) -> RunMatrix:
    asked, limits = how
    places = place_classes(run, place, rows)
    unions = count_all_unions(found.chosen, found.anomalies.chosen, len(found.layers))
    sets = load_sets(run, asked.anomalies, asked.top, asked.relative)
    if asked.abstract:
        shown = _list_layers(run, found, places, asked)
    else:
        shown = list_sets(run, found, places, asked, limits)
    empty = not len(shown.layers) if asked.abstract else not len(shown.sets or ())
    return RunMatrix(
        run.name,
        found.anomalies.steps,
        _stages(run),
        _mark(found, places),
        tuple(
            (row.name, row.neurons or 0, int(count))
            for row, count in zip(found.layers, unions, strict=True)
        ),
        shown,
        found.top,
        found.total,
        len(sets.sets),
        _name_state(found, empty),
        *_describe_scores(run.name, run.version, _any_threshold(asked.anomalies)),
    )


def _mark(found: RunFilters, places: Ints) -> tuple[ClassMarks | None, ...]:
    # Of all classes at once: a thousand of them one by one would take as long as their mini-sets.
    anomalies = found.anomalies
    known = places[places >= 0]
    row, at = np.nonzero(anomalies.chosen[known])
    left, right = anomalies.scores.left[known[row], at], anomalies.scores.right[known[row], at]
    ends = np.searchsorted(row, np.arange(len(known) + 1)).tolist()
    marks = iter(
        ClassMarks(images, least, at[start:end], left[start:end], right[start:end])
        for images, least, (start, end) in zip(
            anomalies.images[known].tolist(),
            anomalies.least[known].tolist(),
            pairwise(ends),
            strict=True,
        )
    )
    return tuple(next(marks) if class_ >= 0 else None for class_ in places.tolist())


def list_sets(
    run: Run, found: RunFilters, places: Ints, asked: Asked, limits: Limits
) -> FilterRows:
    """List the mini-sets within the limits, layer by layer in the order asked for."""
    all_ = load_sets(run, asked.anomalies, asked.top, asked.relative)
    kept = keep_within(all_.figures, limits)
    within, weight = all_.sets.keep(kept), all_.figures.weight[kept]
    rank = _rank_layers(within, weight, found, places, asked.layer_order)
    order = kept[np.argsort(rank[within.layer], kind="stable")]
    sets, figures = all_.sets.keep(order), all_.figures.keep(order)
    layers = [found.layers[layer].layer for layer in sets.layer.tolist()]
    shares = load_shares(run, layers, sets.filters, asked.within)
    empty = np.empty((0, len(found.anomalies.steps)))
    return FilterRows(sets, figures, np.concatenate([empty, *shares]), np.empty(0, np.int64), None)


def _rank_layers(sets: MiniSets, weight: Ints, found: RunFilters, places: Ints, order: str) -> Ints:
    count = len(found.layers)
    if order == "network" or not len(sets):
        return np.arange(count)
    if order == "weight":
        total = np.bincount(sets.layer, weights=weight, minlength=count)
        return np.argsort(np.argsort(-total, kind="stable"))
    hits = np.zeros((count, len(found.anomalies.chosen)))
    np.add.at(hits, sets.layer, count_appearances(sets, found.anomalies.chosen))
    used = np.unique(sets.layer)
    rank = np.full(count, count)
    rank[used[order_by_similarity(hits[used][:, places[places >= 0]])]] = np.arange(len(used))
    return rank


def _list_layers(run: Run, found: RunFilters, places: Ints, asked: Asked) -> FilterRows:
    anomalies = found.anomalies.chosen
    counts = count_unions(found.chosen, anomalies, len(found.layers))
    active = np.flatnonzero(counts.any(1))
    if asked.layer_order == "weight":
        active = active[np.argsort(-counts[active].sum(1), kind="stable")]
    elif asked.layer_order == "similarity":
        active = active[order_by_similarity(counts[active].astype(np.float64))]
    change = load_layer_changes(run, found.layers, found.anomalies.steps)
    within = {"step": "step", "filter": "filter"}.get(asked.within, "layer")
    shares = scale_filters(change, within).shares[active]
    shown = np.where(places >= 0, counts[active][:, places], 0)
    return FilterRows(None, None, shares, active, shown)


def _name_state(found: RunFilters, empty: bool) -> str:
    if not len(found.filters):
        return "filters"
    if not found.anomalies.chosen.any():
        return "anomalies"
    return "limits" if empty else ""


def _any_threshold(settings: AnomalySettings) -> AnomalySettings:
    return replace(settings, threshold=AnomalySettings.threshold, rule=AnomalySettings.rule)


@lru_cache(maxsize=16)
def _describe_scores(
    name: str, version: str, settings: AnomalySettings
) -> tuple[tuple[str, int, int] | None, tuple[int, ...]]:
    # The highest score as (class, flips, images), and how many scores lie in each bin.
    run = open_run(name)
    found = find_anomalies(run, settings)
    assert found is not None, "asked only where something was predicted"
    flips = np.maximum(found.scores.left, found.scores.right)
    images = np.maximum(found.images, 1)
    most = flips.max(1, initial=0)
    class_ = int(np.argmax(most / images))
    if not most[class_]:
        return None, (0,) * SCORE_BINS
    counts = np.zeros(SCORE_BINS, np.int64)
    # A class of n images has n scores: they are counted first, and then put into bins.
    for size in np.unique(images).tolist():
        own = flips[images == size]
        scores = np.bincount(own[own > 0])[1:]
        bins = np.arange(1, len(scores) + 1) * SCORE_BINS // size
        np.add.at(counts, np.minimum(bins, SCORE_BINS - 1), scores)
    return (run.class_names[class_], int(most[class_]), int(images[class_])), tuple(counts.tolist())


def _stages(run: Run) -> tuple[tuple[int, int, float], ...]:
    stages = read_stages(run)
    group = min((stage.group for stage in stages), default="")
    return tuple((each.first, each.last, each.value) for each in stages if each.group == group)

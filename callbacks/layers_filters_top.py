"""Loads the top-changing filters of the focus step, alone or with picked steps, for the chosen runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.anomaly_filters import default_top, rank_filters
from analytics.filter_ranks import combine_ranks
from callbacks.layers_filters_candidates import list_layers
from data.filters import (
    MEASURES,
    FilterCourses,
    read_changes_at,
    read_filter_courses,
    read_largest_changes,
)
from data.layers import read_top_filters
from data.store import Run, open_run
from figures.layers_filters_top import RunTop, TopFilters

RANKED = 512  # ranks that the log keeps of a step; beyond, all changes are read
STRIPS = 200  # that are drawn; of more filters the first
PICKS = 12  # steps that are combined at most
Pairs = NDArray[np.int64]  # (rank, 2) layer and filter
Named = tuple[str, int]  # layer and filter


@dataclass(frozen=True)
class TopAsk:
    """What the panel asks: at which steps, how many, by which change."""

    steps: tuple[int, ...] = ()  # the focus step and the picked ones; none: the last validated
    every: bool = False
    k: int | None = None
    measure: str = "change"

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"a filter's change is one of {MEASURES}, got {self.measure!r}")


def load_top(names: Sequence[str], ask: TopAsk) -> TopFilters | None:
    """Load the top filters of every run and draw them all in each; None where no run ranks any.

    The filters of several runs stand in the order of their best rank, the first run's first.
    """
    runs = [open_run(name) for name in names]
    counts = [sum(row.neurons or 0 for row in list_layers(run)) for run in runs]
    if not any(counts):
        return None
    k = ask.k or default_top(next(count for count in counts if count))
    found = [_rank_named(run, ask, k) for run in runs]
    together = _merge(found)
    shown = together[:STRIPS]
    layers: dict[str, int] = {}
    for layer, _ in together:
        layers[layer] = layers.get(layer, 0) + 1
    picked = tuple(
        _pick(run, ask, shown, count) if count else None
        for run, count in zip(runs, counts, strict=True)
    )
    return TopFilters(k, ask.measure, ask.every, shown, layers, len(together), picked)


def find_steps(run: Run, asked: Sequence[int], measure: str) -> tuple[int, ...]:
    """Find the validated steps with changes at or before the asked ones; the last where none is asked."""
    steps, _ = read_largest_changes(run, measure)
    if not len(steps):
        return ()
    if not asked:
        return (int(steps[-1]),)
    places = np.searchsorted(steps, np.array(asked[:PICKS]), side="right") - 1
    return tuple(dict.fromkeys(int(steps[place]) for place in places if place >= 0))


def rank_step(run: Run, step: int, measure: str, k: int) -> Pairs:
    """Rank the filters of the network at a validated step: (rank, 2) layer and filter, k at most."""
    shallow = measure == "change" and k <= RANKED
    return _ranked(run.name, run.version, step, measure, shallow)[:k]


@lru_cache(maxsize=64)
def _ranked(name: str, version: str, step: int, measure: str, shallow: bool) -> Pairs:
    run = open_run(name)
    if shallow:
        top = read_top_filters(run, step, RANKED)
        moved = top.change > 0  # older logs rank filters that did not change, too
        return np.stack([top.layer[moved], top.filter[moved]], axis=1).astype(np.int64)
    all_ = read_changes_at(run, step, measure)
    order = rank_filters(all_.change, all_.layer, max(1, len(all_.change)))
    return np.stack([all_.layer[order], all_.filter[order]], axis=1).astype(np.int64)


def _rank_named(run: Run, ask: TopAsk, k: int) -> list[Named]:
    steps = find_steps(run, ask.steps, ask.measure)
    ranked = [rank_step(run, step, ask.measure, k) for step in steps]
    names = {row.layer: row.name for row in list_layers(run)}
    pairs = combine_ranks(ranked, ask.every).tolist()
    return [(names[layer], filter_) for layer, filter_ in pairs if layer in names]


def _merge(found: Sequence[Sequence[Named]]) -> tuple[Named, ...]:
    ranks: dict[Named, tuple[int, int]] = {}
    for place, one in enumerate(found):
        for rank, key in enumerate(one):
            ranks[key] = min(ranks.get(key, (rank, place)), (rank, place))
    return tuple(sorted(ranks, key=lambda key: ranks[key]))


def _pick(run: Run, ask: TopAsk, shown: tuple[Named, ...], filters: int) -> RunTop | None:
    at = find_steps(run, ask.steps, ask.measure)
    steps, largest = read_largest_changes(run, ask.measure)
    if not len(steps):
        return None
    change = np.zeros((0, len(steps)))
    if shown:
        courses = _courses(run.name, run.version, at, ask.measure, shown)
        change = courses.change[:, np.searchsorted(courses.steps, steps)].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(largest > 0, change / largest, np.where(np.isnan(change), np.nan, 0))
    focus = np.flatnonzero(steps == at[0]) if at else np.zeros(0, dtype=np.int64)
    at_focus = change[:, focus[0]] if len(focus) else np.full(len(shown), np.nan)
    bad = np.isnan(change) & np.isfinite(change).any(0)
    known = _is_in(run, shown)
    return RunTop(at, steps, np.clip(shares, 0, 1), at_focus, bad & known[:, None], filters)


def _is_in(run: Run, shown: Sequence[Named]) -> NDArray[np.bool_]:
    sizes = {row.name: row.neurons or 0 for row in list_layers(run)}
    return np.array([filter_ < sizes.get(layer, 0) for layer, filter_ in shown], dtype=np.bool_)


@lru_cache(maxsize=16)
def _courses(
    name: str, version: str, at: tuple[int, ...], measure: str, shown: tuple[Named, ...]
) -> FilterCourses:
    """Take the courses of the shown filters out of those of the first ranks, which stay when k moves."""
    run = open_run(name)
    rows = {row.name: row.layer for row in list_layers(run)}
    wanted = [(rows.get(layer, -1), filter_) for layer, filter_ in shown]
    held, courses = _leading_courses(name, version, at, measure)
    lacking = tuple(pair for pair in wanted if pair not in held)
    if not lacking:
        return FilterCourses(courses.steps, courses.change[[held[pair] for pair in wanted]])
    return read_filter_courses(
        run, [layer for layer, _ in wanted], [filter_ for _, filter_ in wanted], measure
    )


@lru_cache(maxsize=8)
def _leading_courses(
    name: str, version: str, at: tuple[int, ...], measure: str
) -> tuple[dict[tuple[int, int], int], FilterCourses]:
    run = open_run(name)
    leading = [rank_step(run, step, measure, STRIPS) for step in at]
    pairs = combine_ranks(leading, every=False)
    if not len(pairs):
        nothing = np.zeros((0, 0), dtype=np.float32)
        return {}, FilterCourses(np.zeros(0, dtype=np.int64), nothing)
    held = {(layer, filter_): place for place, (layer, filter_) in enumerate(pairs.tolist())}
    return held, read_filter_courses(run, pairs[:, 0], pairs[:, 1], measure)

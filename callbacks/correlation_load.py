"""Loads the filters that changed most and the mini-sets they make, each once per run and setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from analytics.anomaly_filters import ChangingFilters, default_top, rank_filters
from analytics.filter_scaling import scale_filters
from analytics.miniset_table import MiniSetFigures, MiniSets, gather_minisets, measure_minisets
from callbacks.anomalies import Anomalies, AnomalySettings, find_anomalies, load_flips
from data.arrays import Steps
from data.changing_filters import (
    RANKS_KEPT,
    read_changing_filters,
    read_filter_changes,
    read_layer_changes,
)
from data.filter_pixels import read_filter_pixels
from data.store import LayerRow, Run, open_run
from epochscope.scales import MISSING, NONE, decode_change

_CHANGES = decode_change(np.arange(256, dtype=np.uint8))  # by byte
READ_AHEAD = 64 << 20  # bytes of pixels, one for each filter at each validated step
_FEW_RANKS = 128  # enough for the default; more are read when they are asked for

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
# (filter, step) of a layer; the least and the most of each step: (2, step)
Pixels = tuple[Bytes, Bytes]


@dataclass(frozen=True)
class RunFilters:
    """What changed most in a run; steps are those that were validated."""

    anomalies: Anomalies
    layers: tuple[LayerRow, ...]  # (layer,) those that have filters, in network order
    filters: ChangingFilters  # at every step
    chosen: ChangingFilters  # at anomaly iterations alone: the anomaly filters
    top: int
    total: int  # filters of the network


@dataclass(frozen=True)
class RunSets:
    """The mini-sets of a run and their figures."""

    sets: MiniSets
    figures: MiniSetFigures


def find_weighted(run: Run) -> tuple[LayerRow, ...]:
    """Find the layers of a run that have filters, in network order."""
    rows = [row for row in run.layers if row.kind == "layer" and row.neurons and row.weights]
    return tuple(sorted(rows, key=lambda row: (row.order, row.layer)))


def load_filters(
    run: Run, settings: AnomalySettings, top: int | None, relative: bool
) -> RunFilters | None:
    """Find the `top` filters of each step; None where the run predicted nothing."""
    return _filters(run.name, run.version, settings, top, relative)


@lru_cache(maxsize=16)
def _filters(
    name: str, version: str, settings: AnomalySettings, top: int | None, relative: bool
) -> RunFilters | None:
    run = open_run(name)
    found = find_anomalies(run, settings)
    if found is None:
        return None
    layers = find_weighted(run)
    total = sum(row.neurons or 0 for row in layers)
    count = top or default_top(total)
    ranked, rank = _rank(run, count, relative)
    kept = rank < count
    filters = ChangingFilters(ranked.step[kept], ranked.layer[kept], ranked.filter[kept])
    chosen = filters.at(np.asarray(found.chosen.any(0)))
    return RunFilters(found, layers, filters, chosen, count, total)


def load_sets(run: Run, settings: AnomalySettings, top: int | None, relative: bool) -> RunSets:
    """Find the mini-sets of a run that predicted something."""
    return _sets(run.name, run.version, settings, top, relative)


def load_shares(
    run: Run, layers: Sequence[int], filters: Sequence[NDArray[np.int64]], within: str
) -> list[Floats]:
    """Read the change of some filters of each of the layers, scaled within step, filter or layer.

    Each is (filter, step). The ends of a scale are those of the whole layer: two rows that hold
    them stand in for it.
    """
    pixels = _load_pixels(run, layers)
    shares: list[Floats] = []
    # The sets of a layer stand together: scaled as one, there may be thousands of them.
    for layer, pairs in groupby(zip(layers, filters, strict=True), key=itemgetter(0)):
        chosen = [own for _, own in pairs]
        rows = np.concatenate(chosen)
        change, ends = pixels[layer]
        changes = _CHANGES[np.concatenate([change[rows], ends])]
        scaled = scale_filters(changes, within).shares[: len(rows)]
        shares += np.split(scaled, np.cumsum([len(own) for own in chosen])[:-1])
    return shares


def read_ahead(run: Run) -> None:
    """Read the changes of all filters of a run that has ended: other windows show other layers.

    To read all 54 layers of a ResNet-50 at once takes as long as to read a few four times. A run
    that is too large to keep, or that goes on, is read as it is looked at.
    """
    flips = load_flips(run)
    if flips is None or run.state.end is None:
        return
    layers = find_weighted(run)
    filters = sum(row.neurons or 0 for row in layers)
    if filters * len(flips.answers.steps) <= READ_AHEAD:
        _load_pixels(run, [row.layer for row in layers])


def load_layer_changes(run: Run, layers: tuple[LayerRow, ...], steps: Steps) -> Floats:
    """Read the change of each layer as a whole: (layer, step), NaN where none is recorded."""
    found = read_layer_changes(run)
    change = np.full((len(layers), len(steps)), np.nan)
    places = {layer: row for row, layer in enumerate(found.layers.tolist())}
    known = np.isin(found.steps, steps)
    columns = np.searchsorted(steps, found.steps[known])
    for row, layer in enumerate(layers):
        if layer.layer in places:
            change[row, columns] = found.change[places[layer.layer]][known]
    return change


def _rank(run: Run, count: int, relative: bool) -> tuple[ChangingFilters, NDArray[np.int64]]:
    depth = _FEW_RANKS if count <= _FEW_RANKS else RANKS_KEPT
    if count > RANKS_KEPT or relative:
        depth = 1 << (max(count, _FEW_RANKS) - 1).bit_length()
    return _ranked(run.name, run.version, depth, relative)


@lru_cache(maxsize=8)
def _ranked(
    name: str, version: str, depth: int, relative: bool
) -> tuple[ChangingFilters, NDArray[np.int64]]:
    run = open_run(name)
    if depth > RANKS_KEPT or relative:
        step, layer, filter_ = _rank_anew(run, depth, relative)
    else:
        found = read_changing_filters(run, depth)
        step, layer, filter_ = (
            found.step,
            found.layer.astype(np.int64),
            found.filter.astype(np.int64),
        )
    flips = load_flips(run)
    assert flips is not None, "asked only where something was predicted"
    steps = flips.answers.steps
    rank = np.arange(len(step)) - np.searchsorted(step, step)
    order = np.array([row.layer for row in find_weighted(run)], dtype=np.int64)
    by_index = np.argsort(order)
    place = by_index[np.minimum(np.searchsorted(order[by_index], layer), len(order) - 1)]
    at = np.minimum(np.searchsorted(steps, step), len(steps) - 1)
    known = (steps[at] == step) & (order[place] == layer)
    filters = ChangingFilters(at[known], place[known], filter_[known])
    return filters, rank[known]


def _rank_anew(run: Run, depth: int, relative: bool) -> tuple[NDArray[np.int64], ...]:
    parts: list[tuple[NDArray[np.int64], ...]] = []
    for each in read_filter_changes(run, relative):
        places = rank_filters(each.change, each.layer, depth)
        step = np.full(len(places), each.step, dtype=np.int64)
        columns = (each.layer[places], each.filter[places])
        parts.append((step, *(column.astype(np.int64) for column in columns)))
    if not parts:
        return (np.empty(0, np.int64),) * 3
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


@lru_cache(maxsize=16)
def _sets(
    name: str, version: str, settings: AnomalySettings, top: int | None, relative: bool
) -> RunSets:
    found = load_filters(open_run(name), settings, top, relative)
    assert found is not None, "asked only where something was predicted"
    sets = gather_minisets(found.chosen, len(found.anomalies.steps))
    return RunSets(sets, measure_minisets(sets, found.anomalies.chosen))


def _load_pixels(run: Run, layers: Sequence[int]) -> dict[int, Pixels]:
    known = _pixels(run.name, run.version)
    missing = sorted(set(layers).difference(known))
    if missing:
        known.update(_read_pixels(run, missing))
    return known


@lru_cache(maxsize=4)
def _pixels(name: str, version: str) -> dict[int, Pixels]:
    # What was read of a run so far: a byte for each filter at each validated step.
    return {}


def _read_pixels(run: Run, layers: Sequence[int]) -> dict[int, Pixels]:
    flips = load_flips(run)
    assert flips is not None, "asked only where something was predicted"
    validated = flips.answers.steps
    read = {}
    for layer, found in read_filter_pixels(run, layers).items():
        pixels = np.full((found.change.shape[1], len(validated)), MISSING, np.uint8)
        known = np.isin(found.steps, validated)
        pixels[:, np.searchsorted(validated, found.steps[known])] = found.change[known].T
        missing = pixels == MISSING
        most = np.where(missing, NONE, pixels).max(0, initial=NONE)
        least = pixels.min(0, initial=MISSING)
        read[layer] = pixels, np.stack([least, np.where(missing.all(0), MISSING, most)])
    return read

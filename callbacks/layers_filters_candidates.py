"""Finds the layers that may hold marked filters, so that only those are read whole."""

import itertools
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analytics.filter_marks import LONG_SHARE, TOP_SHARE
from data.filters import FilterProbe, count_leading_filters, read_filter_probes
from data.run_files import LayerRow
from data.scalars import read_recorded_steps, read_stages
from data.store import Run, open_run

Range = tuple[int, int] | None
PROBES = 3  # steps of each series that are looked at
RANKED = 64  # filters of each layer that the log ranks
_STRAIGHT, _TURNING = (
    1e-8,
    1e-5,
)  # 1 - cosine that rounding explains at most, alone and of a shrinking
_SLACK = 0.75  # of the share of steps: equal changes may be ranked either way


def find_candidates(run: Run, range_: Range) -> frozenset[int]:
    """Find the layers, by their rows, that may hold marked filters within a range of steps.

    A layer that is left out holds none: at one of a few steps every filter moved, turned and put
    something out, and none led its layer often.
    """
    return _candidates(run.name, run.version, range_)


def find_last_drop(run: Run) -> int | None:
    """Find the step at which the learning rate dropped last; None where it has no stages or never did."""
    stages = read_stages(run)
    drops = [
        later.first
        for before, later in itertools.pairwise(stages)
        if later.group == before.group == stages[0].group and later.value < before.value
    ]
    return drops[-1] if drops else None


def list_layers(run: Run) -> list[LayerRow]:
    """List the layers that have filters, in the order of execution."""
    rows = [row for row in run.layers if row.kind == "layer" and row.neurons]
    return sorted(rows, key=lambda row: (row.order, row.layer))


@lru_cache(maxsize=64)
def _candidates(name: str, version: str, range_: Range) -> frozenset[int]:
    run = open_run(name)
    probes = read_filter_probes(run, _choose_steps(run, range_))
    by_layer: dict[int, list[FilterProbe]] = {}
    for probe in probes:
        by_layer.setdefault(probe.layer, []).append(probe)
    still = {layer for layer, found in by_layer.items() if _may_stand_still(found)}
    return frozenset(still | _find_leading(run, range_))


def _choose_steps(run: Run, range_: Range) -> list[int]:
    chosen: set[int] = set()
    for series in ("statistics", "validation"):
        steps = read_recorded_steps(run, series)
        if range_:
            steps = steps[(steps >= range_[0]) & (steps <= range_[1])]
        places = np.linspace(1, len(steps) - 1, PROBES).astype(np.int64)
        chosen.update(steps[place] for place in places if 0 < place < len(steps))
    return sorted(int(step) for step in chosen)


def _may_stand_still(probes: Sequence[FilterProbe]) -> bool:
    straight = [
        one.change <= _STRAIGHT + _TURNING * np.square(one.relative)
        for one in probes
        if one.change is not None and one.relative is not None
    ]
    silent = [
        one.activation_max <= 0
        for one in probes
        if one.activation_max is not None
        and one.series == "validation"
        and np.isfinite(one.activation_max).any()
    ]
    return any(bool(np.logical_and.reduce(found).any()) for found in (straight, silent) if found)


def _find_leading(run: Run, range_: Range) -> set[int]:
    sizes = {row.layer: max(1, int(TOP_SHARE * (row.neurons or 0))) for row in list_layers(run)}
    after = find_last_drop(run)
    last = range_[1] if range_ else 2**62
    first = range_[0] - 1 if range_ else -1
    counted = count_leading_filters(run, max(-1 if after is None else after, first), last, sizes)
    often = {layer for layer, _, times, steps in counted if times >= _SLACK * LONG_SHARE * steps}
    return often | {layer for layer, size in sizes.items() if size > RANKED}

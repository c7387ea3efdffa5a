"""Loads the charts of the shown levels: only those levels, one query for each kind of chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.change_ratio import find_bands, find_threshold
from analytics.distributions import lay_on_scale
from analytics.layer_tree import FOLDED, Branch
from analytics.layer_values import (
    BAD,
    QUANTILES,
    STATISTICS,
    columns_of,
    derive_statistic,
    find_bad_step,
    hold_last,
)
from analytics.update_ratios import UpdateRatios, measure_ratios
from callbacks.layers_structure import RunLayers, load_run_layers
from callbacks.layers_updates import load_updates
from data.arrays import Floats
from data.layer_series import read_layer_series
from data.store import open_run
from figures.layers_rows import LevelRow, Missing, Series

VALUES = ("weight", "gradient", "update", "activation")
TYPES = ("line", "horizon", "box", "ratio", "heat")
THRESHOLDS = (0.1, 0.01, 0.001, 0.0001)
CELLS = 40  # of a heat map, one below the other
COUNTS = ("count", *BAD)
NAMES = {"weight": "weights", "gradient": "gradients", "update": "updates"}

Columns = dict[str, Floats]


@dataclass(frozen=True)
class Asked:
    """Which charts the page wants."""

    rows: tuple[tuple[str, str], ...]  # name of a level, type of its chart
    values: str
    statistic: str
    thresholds: tuple[float, ...]
    shared: bool  # one scale for all

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> "Asked":
        """Read what the browser asks for; what means nothing is its default."""
        values, statistic = asked.get("values"), asked.get("stat")
        rows = tuple((str(name), str(type_)) for name, type_ in asked.get("rows") or ())
        return cls(
            tuple((name, type_ if type_ in TYPES else "horizon") for name, type_ in rows),
            values if values in VALUES else "weight",
            statistic if statistic in STATISTICS else "mean",
            _read_thresholds(asked.get("ratio") or ()),
            asked.get("scale") != "own",
        )


def _read_thresholds(given: Sequence[Any]) -> tuple[float, ...]:
    try:
        found = sorted({float(one) for one in given}, reverse=True)
        _ = [find_threshold(one) for one in found]
    except (TypeError, ValueError):
        return THRESHOLDS
    return tuple(found) or THRESHOLDS


def load_rows(names: Sequence[str], asked: Asked) -> tuple[LevelRow, ...]:
    """Load the charts of the levels asked for, in every chosen run."""
    runs = [load_run_layers(open_run(name))[0] for name in names]
    charts: dict[str, list[Series | Missing | None]] = {name: [] for name, _ in asked.rows}
    for layers in runs:
        found = _load_run(layers, asked)
        for name, one in found.items():
            charts[name].append(one)
    ratios = {name: [_load_ratio(layers, name) for layers in runs] for name, _ in asked.rows}
    rows = tuple(
        LevelRow(name, type_, tuple(charts[name]), tuple(ratios[name]))
        for name, type_ in asked.rows
    )
    named = [layers.by_name for layers in runs]
    groups = {
        name: any(one[name].normalises for one in named if name in one) if asked.shared else name
        for name, _ in asked.rows
    }
    return _scale_heat(rows, groups)


def _load_ratio(layers: RunLayers, name: str) -> UpdateRatios | None:
    branch = layers.by_name.get(name)
    if branch is None:
        return None
    norms = load_updates(layers.run)
    inside = np.isin(norms.layers, [one.index for one in branch.layers()])
    return measure_ratios(norms, inside) if inside.any() else None


def _load_run(layers: RunLayers, asked: Asked) -> dict[str, Series | Missing | None]:
    named = layers.by_name
    found: dict[str, Series | Missing | None] = {}
    for name, _ in asked.rows:
        found[name] = Missing("not in this run") if layers.rows else None
    wanted: dict[str, list[Branch]] = {}
    for name, type_ in asked.rows:
        if name in named:
            wanted.setdefault("line" if type_ == "horizon" else type_, []).append(named[name])
    for type_, branches in wanted.items():
        found |= _load_type(layers, asked, type_, branches)
    return found


def _load_type(
    layers: RunLayers, asked: Asked, type_: str, branches: Sequence[Branch]
) -> dict[str, Series | Missing | None]:
    kind = "weight" if type_ == "ratio" else asked.values
    columns = _columns(type_, asked)
    rows = [one.index for one in branches if one.index != FOLDED]
    recorded = read_layer_series(layers.run, rows, kind, columns)
    known = {one.name: recorded.of(one.index) for one in branches}
    known |= _hold_frozen(layers, kind, known, branches)
    found: dict[str, Series | Missing | None] = {}
    for one in branches:
        series = known[one.name]
        if series is None or not np.isfinite(series["count"]).any():
            found[one.name] = Missing(_say_missing(one, kind, type_))
        else:
            found[one.name] = _draw(layers, asked, type_, series)
    return found


def _hold_frozen(
    layers: RunLayers, kind: str, known: Mapping[str, Columns | None], branches: Sequence[Branch]
) -> dict[str, Columns | None]:
    # Weights that are not trained are recorded at the first step and whenever they change after all.
    frozen = [one.name for one in branches if one.is_layer and layers.rows[one.index].frozen]
    held = {name: known[name] for name in frozen if kind == "weight"}
    return {name: None if found is None else hold_last(found) for name, found in held.items()}


def _columns(type_: str, asked: Asked) -> tuple[str, ...]:
    own = {
        "line": columns_of(asked.statistic),
        "box": QUANTILES,
        "ratio": ("change_share",),
        "heat": ("bins", "lo", "hi"),
    }[type_]
    return tuple(dict.fromkeys((*COUNTS, *own)))


def _say_missing(branch: Branch, kind: str, type_: str) -> str:
    what = "change ratio" if type_ == "ratio" else NAMES.get(kind, "activations")
    # A fold is no recorded module, and normalisations count in none.
    return f"no {what} recorded" + ("" if branch.is_layer else " of the whole: open it")


def _draw(layers: RunLayers, asked: Asked, type_: str, columns: Columns) -> Series | Missing:
    bad = find_bad_step(layers.steps, columns)
    if type_ == "box":
        return Series(np.stack([columns[name] for name in QUANTILES]), bad)
    if type_ == "ratio":
        bands = find_bands(columns["change_share"], asked.thresholds)
        return (
            Series(bands, bad) if np.isfinite(bands).any() else Missing("no change ratio recorded")
        )
    if type_ == "heat":
        return _draw_heat(columns, bad)
    return Series(derive_statistic(asked.statistic, columns)[None], bad)


def _draw_heat(columns: Columns, bad: int) -> Series | Missing:
    low, high = columns["lo"], columns["hi"]
    if not np.isfinite(low).any():
        return Missing("no distribution recorded")
    # Kept as recorded until the scale of all charts is known.
    numbers = np.concatenate([low[None], high[None], columns["bins"].T])
    return Series(numbers, bad, _widen(float(np.nanmin(low)), float(np.nanmax(high))))


def _widen(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _scale_heat(rows: Sequence[LevelRow], groups: Mapping[str, bool | str]) -> tuple[LevelRow, ...]:
    # One scale for the rows of a group: weights of normalisations lie around 1 and would flatten all.
    scales: dict[bool | str, list[tuple[float, float]]] = {}
    for row in rows:
        own = [one.scale for one in row.runs if isinstance(one, Series) and one.scale]
        scales.setdefault(groups[row.name], []).extend(own)

    def lay(row: LevelRow) -> LevelRow:
        found = scales[groups[row.name]]
        if not found:
            return row
        scale = (min(low for low, _ in found), max(high for _, high in found))
        return replace(row, runs=tuple(_lay(one, scale) for one in row.runs))

    return tuple(lay(row) for row in rows)


def _lay(one: Series | Missing | None, scale: tuple[float, float]) -> Series | Missing | None:
    if not isinstance(one, Series) or one.scale is None:
        return one
    low, high, bins = one.numbers[0], one.numbers[1], one.numbers[2:].T
    counts = np.nan_to_num(bins).astype(np.int64)
    return Series(lay_on_scale(counts, low, high, scale, CELLS), one.bad, scale)

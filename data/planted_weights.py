"""Invents the weights of a planted run and states their statistics, as the recorder would."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from epochscope.scales import encode_change

Floats = NDArray[np.float64]
BINS = 64
TOP_OF_LAYER, TOP_OF_ALL = 64, 512


@dataclass(frozen=True)
class PlantedLayer:
    """A layer of the planted model: its filters and the weights of each."""

    layer: int
    name: str
    type: str
    filters: int
    fan_in: int


@dataclass(frozen=True)
class Jump:
    """Filters that jump at one validated step, by their layer's index."""

    step: int
    layer: int
    filters: tuple[int, ...]


LAYERS = (
    PlantedLayer(1, "features.conv1", "Conv2d", 16, 27),
    PlantedLayer(2, "features.conv2", "Conv2d", 32, 144),
    PlantedLayer(3, "features.conv3", "Conv2d", 48, 288),
    PlantedLayer(5, "head.fc", "Linear", 10, 48),
)


MODULES = {0: "features", 4: "head"}


def describe_layers() -> pa.Table:
    """Return the `layers` table of the planted model: two modules and the layers in them."""
    rows = [
        {"layer": index, "parent": None, "kind": "module", "name": name, "type": "Sequential",
         "neurons": None, "weights": 0, "shape": None, "activation": None, "group": None}
        for index, name in MODULES.items()
    ] + [
        {"layer": each.layer, "parent": 4 if each.name.startswith("head") else 0, "kind": "layer",
         "name": each.name, "type": each.type, "neurons": each.filters,
         "weights": each.filters * each.fan_in, "shape": [each.filters, each.fan_in],
         "activation": "pre" if each.type == "Linear" else "post", "group": "all"}
        for each in LAYERS
    ]  # fmt: skip
    common = {"tied_to": None, "frozen": False}
    sorted_rows = sorted(rows, key=lambda row: str(row["layer"]))
    return pa.Table.from_pylist([{**row, **common, "order": row["layer"]} for row in sorted_rows])


class WeightWalk:
    """Weights that wander less and less, but for the filters that jump; one state per step."""

    def __init__(self, seed: int, last_step: int, jump: Jump | None) -> None:
        """Draw the initial weights."""
        self._rng = np.random.default_rng(seed)
        self._last_step = max(last_step, 1)
        self._jump = jump
        self._step = 0
        self.weights = {
            each.layer: self._rng.normal(0, (2 / each.fan_in) ** 0.5, (each.filters, each.fan_in))
            for each in LAYERS
        }
        self._previous: dict[str, tuple[int, dict[int, Floats]]] = {}

    def advance(self, step: int) -> None:
        """Move the weights to a later step."""
        pace = 0.02 * (1 - step / self._last_step) + 0.002
        for layer, weights in self.weights.items():
            moved = self._rng.normal(0, pace * weights.std(), weights.shape)
            if self._jump and self._step < self._jump.step <= step and layer == self._jump.layer:
                moved[list(self._jump.filters)] *= 25
            self.weights[layer] = weights + moved * (step > 0)
        self._step = step

    def record(self, series: str) -> dict[str, pa.Table]:
        """Return this step's rows of `layer_stat`, `filter_stat` and, for validations, `filter_top`."""
        previous_step, previous = self._previous.get(series, (None, {}))
        self._previous[series] = (self._step, dict(self.weights))
        key = {"step": self._step, "series": series, "previous_step": previous_step}
        filter_rows, changes, gradients = [], {}, {}
        for layer, weights in self.weights.items():
            row = describe_filters(weights, previous.get(layer), self._rng)
            filter_rows.append({**key, "layer": layer, **row})
            if layer in previous:
                changes[layer] = np.asarray(row["change"])
            spread = 0.01 * np.exp(-2 * self._step / self._last_step)
            gradients[layer] = self._rng.normal(0, spread, 2_000)
        layer_rows = [
            {**key, "layer": index, "kind": kind, **describe_values(values, before)}
            for index, within in _list_levels()
            for kind, values, before in (
                ("weight", _join(self.weights, within), _join(previous, within)),
                ("gradient", _join(gradients, within), None),
            )
            if values is not None
        ]
        tables = {
            "layer_stat": pa.Table.from_pylist(layer_rows),
            "filter_stat": pa.Table.from_pylist(filter_rows),
        }
        if series == "validation" and changes:
            tables["filter_top"] = rank_filters(self._step, changes)
        return tables


def _list_levels() -> list[tuple[int, list[int]]]:
    layers = [(each.layer, [each.layer]) for each in LAYERS]
    within = [
        (index, [each.layer for each in LAYERS if each.name.startswith(f"{name}.")])
        for index, name in MODULES.items()
    ]
    return layers + within


def _join(tensors: dict[int, Floats], layers: list[int]) -> Floats | None:
    found = [tensors[layer].ravel() for layer in layers if layer in tensors]
    return np.concatenate(found) if found else None


def describe_values(values: Floats, previous: Floats | None) -> dict[str, object]:
    """Return one `layer_stat` row of finite values, against the previous weights if any."""
    bins, edges = np.histogram(values, BINS)
    q25, median, q75 = np.quantile(values, (0.25, 0.5, 0.75))
    change, relative = _measure_change(values[None], previous.reshape(1, -1)) if (
        previous is not None
    ) else (None, None)  # fmt: skip
    return {
        "count": values.size, "nan": 0, "pos_inf": 0, "neg_inf": 0,
        "min": values.min(), "q25": q25, "median": median, "q75": q75, "max": values.max(),
        "mean": values.mean(), "sd": values.std(), "l0": np.mean(values != 0),
        "l1": np.mean(np.abs(values)), "l2": np.sqrt(np.mean(values**2)),
        "lo": edges[0], "hi": edges[-1], "bins": bins, "sampled": False,
        "change": None if change is None else change[0],
        "relative": None if relative is None else relative[0],
    }  # fmt: skip


def describe_filters(
    weights: Floats, previous: Floats | None, rng: np.random.Generator
) -> dict[str, object]:
    """Return one `filter_stat` row of weights (filter, fan_in), its keys left out."""
    change, relative = (None, None) if previous is None else _measure_change(weights, previous)
    count = len(weights)
    active = rng.uniform(0.1, 0.9, count)
    return {
        "mean": weights.mean(1), "sd": weights.std(1), "min": weights.min(1),
        "max": weights.max(1), "l2": np.sqrt((weights**2).mean(1)),
        "change": change, "relative": relative,
        "change_px": None if change is None else encode_change(change).tobytes(),
        "gradient_l2": np.abs(rng.normal(0, 0.01, count)),
        "activation_mean": active * 0.5, "activation_max": active * 4, "active_share": active,
    }  # fmt: skip


def _measure_change(weights: Floats, previous: Floats) -> tuple[Floats, Floats]:
    # 1 - cosine by differences of norms: the cosine itself loses its digits near 1.
    moved = np.linalg.norm(weights - previous, axis=1)
    now, then = np.linalg.norm(weights, axis=1), np.linalg.norm(previous, axis=1)
    return (moved**2 - (now - then) ** 2) / (2 * now * then), moved / then


def rank_filters(step: int, changes: dict[int, Floats]) -> pa.Table:
    """Return the `filter_top` rows of one step: the top of each layer and the top of all."""
    layers = np.concatenate([np.full(len(each), layer) for layer, each in changes.items()])
    filters = np.concatenate([np.arange(len(each)) for each in changes.values()])
    change = np.concatenate(list(changes.values()))
    rank_all = _rank(change)
    rank_layer = np.concatenate([_rank(each) for each in changes.values()])
    kept = np.flatnonzero((rank_layer <= TOP_OF_LAYER) | (rank_all <= TOP_OF_ALL))
    kept = kept[np.argsort(rank_all[kept])]
    columns: Iterable[tuple[str, NDArray[np.generic]]] = {
        "layer": layers, "filter": filters, "change": change,
        "rank_layer": rank_layer, "rank_all": rank_all,
    }.items()  # fmt: skip
    return pa.table({"step": np.full(len(kept), step), **{name: c[kept] for name, c in columns}})


def _rank(change: Floats) -> NDArray[np.int64]:
    ranks = np.empty(len(change), np.int64)
    ranks[np.argsort(-change, kind="stable")] = np.arange(1, len(change) + 1)
    return ranks

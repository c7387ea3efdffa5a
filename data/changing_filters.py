"""Reads which filters of the whole network changed most, at many validated steps at once (index I_if)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats, Steps, name_window, to_floats, to_matrix, to_steps
from data.run_files import EVERY_STEP, RunFiles

RANKS_KEPT = 512  # of all layers together, in filter_top


@dataclass(frozen=True)
class RankedFilters:
    """Filters by step, then rank; arrays are (row,)."""

    step: Steps
    layer: NDArray[np.int32]  # index as in the table `layers`
    filter: NDArray[np.int32]


@dataclass(frozen=True)
class StepChanges:
    """The change of every filter at one validated step, by layer, then filter; arrays are (filter,)."""

    step: int
    layer: NDArray[np.int32]
    filter: NDArray[np.int32]
    change: Floats


@dataclass(frozen=True)
class LayerChanges:
    """The change of whole layers; NaN where none was recorded."""

    steps: Steps  # (step,)
    layers: NDArray[np.int32]  # (layer,)
    change: Floats  # (layer, step) 1 - cosine


def read_changing_filters(run: RunFiles, count: int) -> RankedFilters:
    """Read the `count` filters, 512 at most, that changed most at each validated step."""
    if not 1 <= count <= RANKS_KEPT:
        raise ValueError(f"filter_top ranks 1 to {RANKS_KEPT} filters, got {count}")
    table = run.fetch("changing_filters", "filter_top", EVERY_STEP, count=count, **name_window())
    return RankedFilters(
        to_steps(table["step"]), table["layer"].to_numpy(), table["filter"].to_numpy()
    )


def read_filter_changes(run: RunFiles, relative: bool = False) -> list[StepChanges]:
    """Read the change of every filter at each validated step: 1 - cosine, or the relative one."""
    table = run.fetch(
        "filter_changes",
        "filter_stat",
        EVERY_STEP,
        measure="relative" if relative else "change",
        **name_window(),
    )
    steps = to_steps(table["step"])
    layers = table["layer"].to_numpy()
    lists = table["change"].combine_chunks()
    width = max((len(each) for each in lists), default=0)
    matrix = to_matrix(table["change"], width, np.nan).astype(np.float64)
    sizes = np.array([len(each) for each in lists], dtype=np.int64)
    found = []
    for step in np.unique(steps).tolist():
        rows = np.flatnonzero(steps == step)
        present = np.arange(width) < sizes[rows][:, None]
        filters = np.broadcast_to(np.arange(width, dtype=np.int32), present.shape)
        layer = np.repeat(layers[rows], sizes[rows])
        found.append(StepChanges(step, layer, filters[present], matrix[rows][present]))
    return found


def read_layer_changes(run: RunFiles) -> LayerChanges:
    """Read how far each layer as a whole moved at each validated step."""
    table = run.fetch("layer_changes", "layer_stat", EVERY_STEP, **name_window())
    steps, column = np.unique(to_steps(table["step"]), return_inverse=True)
    layers, row = np.unique(table["layer"].to_numpy(), return_inverse=True)
    change = np.full((len(layers), len(steps)), np.nan)
    change[row, column] = to_floats(table["change"])
    return LayerChanges(steps, layers.astype(np.int32), change)

"""Reads the change of every filter as bytes for painting, of several layers at once (index I_lf)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import BytesColumn, Steps, to_steps
from data.conditions import Among
from data.memory import keep
from data.run_files import RunFiles
from epochscope.scales import MISSING

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class FilterPixels:
    """The change of every filter of one layer at the validated steps that have one."""

    steps: Steps  # (step,)
    change: Bytes  # (step, filter) on the scale of epochscope.scales


@keep
def read_filter_pixels(run: RunFiles, layers: Sequence[int]) -> dict[int, FilterPixels]:
    """Read the changes of some layers, given by their index, at once."""
    if not layers:
        return {}
    table = run.look_up(
        "filter_stat",
        ["layer", "step", "change_px"],
        {"layer": Among(list(layers)), "series": Among(["validation"])},
    )
    steps, layer = to_steps(table["step"]), table["layer"].to_numpy()
    values = BytesColumn(table["change_px"])
    widths = {row.layer: row.neurons or 0 for row in run.layers}
    order = np.lexsort((steps, layer))
    order = order[np.asarray(table["change_px"].is_valid())[order]]
    ends = np.searchsorted(layer[order], layers, side="right")
    starts = np.searchsorted(layer[order], layers)
    found = {}
    for each, start, end in zip(layers, starts.tolist(), ends.tolist(), strict=True):
        rows = order[start:end]
        found[each] = FilterPixels(steps[rows], values.read(rows, widths.get(each, 0), MISSING))
    return found

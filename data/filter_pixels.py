"""Reads the change of every filter as bytes for painting, of several layers at once (index I_lf)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.arrays import Steps, to_steps
from data.run_files import RunFiles
from epochscope.scales import MISSING

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class FilterPixels:
    """The change of every filter of one layer at the validated steps that have one."""

    steps: Steps  # (step,)
    change: Bytes  # (step, filter) on the scale of epochscope.scales


def read_filter_pixels(run: RunFiles, layers: Sequence[int]) -> dict[int, FilterPixels]:
    """Read the changes of some layers, given by their index, in one query."""
    table = run.fetch("filter_pixels", "filter_stat", layers=list(layers))
    steps, layer = to_steps(table["step"]), table["layer"].to_numpy()
    values = _Values(table["change_px"])
    widths = {row.layer: row.neurons or 0 for row in run.layers}
    order = np.lexsort((steps, layer))
    ends = np.searchsorted(layer[order], layers, side="right")
    starts = np.searchsorted(layer[order], layers)
    found = {}
    for each, start, end in zip(layers, starts.tolist(), ends.tolist(), strict=True):
        rows = order[start:end]
        found[each] = FilterPixels(steps[rows], values.read(rows, widths.get(each, 0)))
    return found


class _Values:
    """A column of bytes, to be read in parts: an object for each of its rows would take a second."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        whole = pa.concat_arrays([pa.array([], column.type), *column.chunks])
        self._octets = np.frombuffer(whole.buffers()[2] or b"", np.uint8)
        offsets = np.frombuffer(whole.buffers()[1], np.int32)[whole.offset :]
        self._starts = offsets[: len(whole)]
        self._lengths = pc.binary_length(whole).to_numpy()

    def read(self, rows: NDArray[np.int64], width: int) -> Bytes:
        """Return some rows as (row, entry), MISSING where one is shorter."""
        pixels = np.full((len(rows), width), MISSING, np.uint8)
        starts, lengths = self._starts[rows], self._lengths[rows]
        # Most often they lie one behind the other, all as wide: copied as one.
        apart = (np.diff(starts) != width) | (lengths[:-1] != width) | (lengths[1:] != width)
        pieces = [0, *(np.flatnonzero(apart) + 1).tolist(), len(rows)] if len(rows) else [0]
        for first, last in pairwise(pieces):
            size = min(width, int(lengths[first]))
            octets = self._octets[starts[first] :][: size * (last - first)]
            pixels[first:last, :size] = octets.reshape(last - first, size)
        return pixels

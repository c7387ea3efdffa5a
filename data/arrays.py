"""Turns columns of query results into numpy arrays."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

_WIDE = 16  # from so many values on a row is copied in less time than each of them is picked
_FAR = 2**62  # beyond any step, and far enough from overflowing BIGINT


def to_steps(column: pa.ChunkedArray) -> Steps:
    """Return whole numbers (row,), -1 where null."""
    if column.null_count:
        column = pc.fill_null(column.cast(pa.int64()), -1)
    steps: Steps = column.to_numpy().astype(np.int64, copy=False)
    return steps


def to_floats(column: pa.ChunkedArray) -> Floats:
    """Return floats (row,), NaN where null."""
    floats: Floats = column.to_numpy().astype(np.float64, copy=False)
    return floats


def to_time(microseconds: int) -> datetime:
    """Return the UTC time so many microseconds after 1970 began."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


def sort_by(table: pa.Table, column: str) -> pa.Table:
    """Return rows by a column of whole numbers, ascending.

    Compaction left most of them sorted: to look takes less than to sort, which moves every list.
    """
    values = table[column].to_numpy()
    if (values[1:] >= values[:-1]).all():
        return table
    return table.take(np.argsort(values, kind="stable"))


def name_window(first: int | None = None, last: int | None = None) -> dict[str, int]:
    """Return the parameters $first and $last of a window of steps whose ends may be open."""
    return {"first": -_FAR if first is None else first, "last": _FAR if last is None else last}


class BytesColumn:
    """A column of bytes, to be read in parts: an object for each of its rows would take a second."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        whole = pa.concat_arrays([pa.array([], column.type), *column.chunks])
        _, offsets, octets = whole.buffers()
        self._values: NDArray[np.uint8] = np.frombuffer(octets or b"", np.uint8)
        self._starts = np.frombuffer(offsets, np.int32)[whole.offset :][: len(whole)]
        self._lengths = pc.fill_null(pc.binary_length(whole), 0).to_numpy()

    def read(self, rows: NDArray[np.int64], width: int, fill: int) -> NDArray[np.uint8]:
        """Return some rows as (row, width); `fill` where one is null or shorter."""
        starts, lengths = self._starts[rows], self._lengths[rows]
        whole = bool((lengths == width).all())
        if width < _WIDE and whole:
            found: NDArray[np.uint8] = self._values[starts[:, None] + np.arange(width)]
            return found
        shape = len(rows), width
        matrix = np.empty(shape, np.uint8) if whole else np.full(shape, fill, np.uint8)
        # Most often they lie one behind the other, all as wide: copied as one.
        apart = (np.diff(starts) != width) | (lengths[:-1] != width) | (lengths[1:] != width)
        pieces = [0, *(np.flatnonzero(apart) + 1).tolist(), len(rows)] if len(rows) else [0]
        for first, last in pairwise(pieces):
            size = min(width, int(lengths[first]))
            values = self._values[starts[first] :][: size * (last - first)]
            matrix[first:last, :size] = values.reshape(last - first, size)
        return matrix


def to_matrix(column: pa.ChunkedArray, width: int, fill: float) -> NDArray[Any]:
    """Return lists as (row, width) of their own type; `fill` where a list is null or shorter."""
    lists = column.combine_chunks()
    values = lists.flatten().to_numpy(zero_copy_only=False)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    if len(lengths) * width == len(values) and (lengths == width).all():
        found: NDArray[Any] = values.reshape(len(lengths), width)
        return found
    whole = lengths == width
    if (whole | (lengths == 0)).all():  # as the change of filters, which the first step has not
        matrix = np.empty((len(lengths), width), values.dtype)
        matrix[~whole] = fill
        places = np.flatnonzero(whole)
        side_by_side = len(places) and places[-1] - places[0] == len(places) - 1
        rows = slice(places[0], places[-1] + 1) if side_by_side else places
        matrix[rows] = values.reshape(-1, width)
        return matrix
    matrix = np.full((len(lengths), width), fill, values.dtype)
    row = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    columns = np.arange(len(values)) - starts
    inside = columns < width
    matrix[row[inside], columns[inside]] = values[inside]
    return matrix

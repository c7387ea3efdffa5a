"""Turns columns of query results into numpy arrays."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

_FAR = 2**62  # beyond any step, and far enough from overflowing BIGINT


def to_steps(column: pa.ChunkedArray) -> Steps:
    """Return whole numbers (row,), -1 where null."""
    steps: Steps = pc.fill_null(column.cast(pa.int64()), -1).to_numpy()
    return steps


def find_steps(column: pa.ChunkedArray) -> Steps:
    """Return each of some steps once, in order; np.unique would sort every row."""
    return np.sort(pc.unique(column.cast(pa.int64())).to_numpy())


def find_places(column: pa.ChunkedArray, values: NDArray[Any]) -> NDArray[np.int32]:
    """Return where in `values`, which holds each once, every row lies; -1 where nowhere."""
    found = pc.index_in(column, value_set=pa.array(values, column.type))
    places: NDArray[np.int32] = pc.fill_null(found, -1).to_numpy()
    return places


def to_floats(column: pa.ChunkedArray) -> Floats:
    """Return floats (row,), NaN where null."""
    floats: Floats = column.cast(pa.float64()).to_numpy()
    return floats


def to_time(microseconds: int) -> datetime:
    """Return the UTC time so many microseconds after 1970 began."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


def name_window(first: int | None = None, last: int | None = None) -> dict[str, int]:
    """Return the parameters $first and $last of a window of steps whose ends may be open."""
    return {"first": -_FAR if first is None else first, "last": _FAR if last is None else last}


def to_matrix(column: pa.ChunkedArray, width: int, fill: float) -> NDArray[Any]:
    """Return lists as (row, width) of their own type; `fill` where a list is null or shorter."""
    lists = column.combine_chunks()
    values = lists.flatten().to_numpy(zero_copy_only=False)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    if len(lengths) * width == len(values) and (lengths == width).all():
        whole: NDArray[Any] = values.reshape(len(lengths), width)
        return whole
    matrix = np.full((len(lengths), width), fill, values.dtype)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    columns = np.arange(len(values)) - starts
    inside = columns < width
    matrix[rows[inside], columns[inside]] = values[inside]
    return matrix

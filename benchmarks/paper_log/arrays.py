"""Turns numpy arrays into columns of lists and of bytes, without a Python object per row."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def as_lists(values: NDArray[np.generic]) -> pa.ListArray:
    """Return a list for each row of (row, place)."""
    rows, width = values.shape
    return cut(values.ravel(), np.full(rows, width))


def cut(values: NDArray[np.generic], lengths: NDArray[np.integer]) -> pa.ListArray:
    """Cut (place,) into lists of these lengths, one after the other."""
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values))


def cut_where(
    values: NDArray[np.generic], lengths: NDArray[np.integer], shown: NDArray[np.bool_]
) -> pa.ListArray:
    """Cut the values of the lists that are shown, one after the other; the others are null."""
    ends = np.concatenate([[0], np.cumsum(np.where(shown, lengths, 0))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values.ravel()), mask=pa.array(~shown))


def cut_bytes(values: NDArray[np.uint8], lengths: NDArray[np.integer]) -> pa.BinaryArray:
    """Cut (place,) into bytes of these lengths, one after the other."""
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(values.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(lengths), buffers)

"""Rows of a column of unequal lists, read in parts, are those that Arrow holds."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.arrays import JaggedColumn

VALUES = st.lists(st.integers(0, 255), max_size=20)
ROWS = st.lists(st.none() | VALUES, max_size=12) | st.integers(0, 20).flatmap(
    # as most columns are: all of a width
    lambda width: st.lists(
        st.lists(st.integers(0, 255), min_size=width, max_size=width), max_size=12
    )
)
KINDS = {"bytes": pa.binary(), "lists": pa.list_(pa.uint64())}


def build(rows, kind, cuts):
    """Build a column of several chunks, each a slice of a longer array."""
    held = [bytes(row) if kind == "bytes" and row is not None else row for row in rows]
    ends = [0, *sorted(cuts), len(held)]
    before = [b"\x07\x08"] if kind == "bytes" else [[7, 8]]
    chunks = [
        pa.array(before + held[first:last], KINDS[kind])[1:] for first, last in pairwise(ends)
    ]
    return pa.chunked_array(chunks, KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
@given(ROWS, st.integers(0, 24), st.data())
def test_reads_rows_in_any_order(kind, rows, width, data):
    places = st.integers(0, max(len(rows) - 1, 0))
    cuts = data.draw(st.lists(places, max_size=3))
    wanted = data.draw(st.lists(places, max_size=15)) if rows else []

    found = JaggedColumn(build(rows, kind, cuts)).read(np.array(wanted, np.int64), width, 9)

    assert found.shape == (len(wanted), width)
    for read, place in zip(found.tolist(), wanted, strict=True):
        row = (rows[place] or [])[:width]
        assert read == row + [9] * (width - len(row))

"""Rows of unequal columns, read as a matrix, are those that Arrow holds."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data.arrays import BytesColumn, sort_by, to_matrix

VALUES = st.lists(st.integers(0, 255), max_size=20)
ROWS = st.lists(st.none() | VALUES, max_size=12) | st.integers(0, 20).flatmap(
    # as most columns are: all of a width, or null
    lambda width: st.lists(
        st.none() | st.lists(st.integers(0, 255), min_size=width, max_size=width), max_size=12
    )
)
CUTS = st.lists(st.integers(0, 12), max_size=3)


def build(rows, cuts, type_, before):
    """Build a column of several chunks, each a slice of a longer array."""
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    chunks = [pa.array([before, *rows[first:last]], type_)[1:] for first, last in pairwise(ends)]
    return pa.chunked_array(chunks, type_)


def draw_width(data, rows):
    return data.draw(st.sampled_from(sorted({0, 5, 24, *(len(row) for row in rows if row)})))


def fill_up(row, width):
    row = (row or [])[:width]
    return row + [9] * (width - len(row))


@given(ROWS, CUTS, st.data())
def test_bytes_are_read_in_any_order(rows, cuts, data):
    width = draw_width(data, rows)
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=15)) if rows else []
    column = build(
        [None if row is None else bytes(row) for row in rows], cuts, pa.binary(), b"\x07\x08"
    )
    found = BytesColumn(column).read(np.array(wanted, np.int64), width, 9)
    assert found.shape == (len(wanted), width)
    assert found.tolist() == [fill_up(rows[place], width) for place in wanted]


@given(ROWS, CUTS, st.data())
def test_lists_are_filled_up_to_a_width(rows, cuts, data):
    width = draw_width(data, rows)
    type_ = pa.list_(pa.uint64())
    found = to_matrix(build(rows, cuts, type_, [7, 8]), width, 9)
    assert (found.shape, found.dtype) == ((len(rows), width), np.uint64)
    assert found.tolist() == [fill_up(row, width) for row in rows]


@given(st.lists(st.integers(0, 6), max_size=12), CUTS, st.booleans())
def test_rows_are_sorted_and_equal_ones_keep_their_order(steps, cuts, compacted):
    steps = sorted(steps) if compacted else steps
    ends = [0, *sorted(min(cut, len(steps)) for cut in cuts), len(steps)]
    rows = pa.table(
        {"step": pa.array(steps, pa.int64()), "place": pa.array(range(len(steps)), pa.int64())}
    )
    table = pa.concat_tables([rows.slice(0, 0), *(rows[a:b] for a, b in pairwise(ends))])
    found = sort_by(table, "step")
    expected = sorted(zip(steps, range(len(steps)), strict=True))
    assert (
        list(zip(*(found[name].to_pylist() for name in found.column_names), strict=True))
        == expected
    )

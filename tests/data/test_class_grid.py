"""Rows of classes and steps lie in a matrix where the literal rule puts them, one by one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.class_grid import ClassGrid

IDS = np.array([0, 2, 3, 7], np.int32)


def build(rows):
    classes, steps = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"class": pa.array(classes, pa.int32()), "step": pa.array(steps, pa.int64())})


def spread_one_by_one(rows, values, ids, steps, fill):
    matrix = np.full((len(ids), len(steps), *values.shape[1:]), fill, values.dtype)
    for (class_, step), value in zip(rows, values, strict=True):
        if class_ in ids and step in steps:
            matrix[list(ids).index(class_), list(steps).index(step)] = value
    return matrix


def merge(*files):
    """Rows of files, each sorted by class, then step, as compaction leaves them."""
    return [row for file in files for row in sorted(file)]


every = [(class_, step) for class_ in IDS.tolist() for step in (5, 10, 15)]
later = [(class_, step + 40) for class_, step in every]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        every,
        merge(every, later),
        merge(every[:-1], later),  # a class has not all steps
        merge([*every, (1, 5), (1, 10), (1, 15)], later),  # an unknown class
        merge(*[[(class_, step) for class_ in IDS.tolist()] for step in (9, 4, 6)]),  # as recorded
        merge([(0, 5), (7, 5)], [(0, 9), (7, 9)]),  # classes between are missing
        merge([(0, 5), (0, 15)], [(0, 10)]),
        every[::-1],
    ],
)
def test_rows_of_files_lie_where_they_belong(rows):
    grid = ClassGrid(build(rows), IDS)
    assert grid.steps.tolist() == sorted({step for _, step in rows})
    values = np.arange(1, len(rows) + 1)
    expected = spread_one_by_one(rows, values, IDS, grid.steps, -1)
    np.testing.assert_array_equal(grid.spread(values, -1), expected)
    np.testing.assert_array_equal(grid.covered, expected > 0)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), unique=True, max_size=40),
    st.booleans(),
)
def test_any_rows_lie_where_they_belong(rows, asked):
    steps = np.array([1, 2, 4]) if asked else None
    grid = ClassGrid(build(rows), IDS, steps)
    values = np.arange(2 * len(rows), dtype=np.uint64).reshape(-1, 2)
    found = grid.spread(values, 99)
    assert found.dtype == np.uint64
    np.testing.assert_array_equal(found, spread_one_by_one(rows, values, IDS, grid.steps, 99))


def test_a_type_to_spread_into():
    found = ClassGrid(build([(0, 1), (2, 2)]), IDS).spread(np.array([3, 4]), np.nan, np.float64)
    assert found[[0, 1], [0, 1]].tolist() == [3.0, 4.0]
    assert np.isnan(found).sum() == found.size - 2

"""What a condition says of a row group, from its smallest and largest value, is true of its rows."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.conditions import Among, Between

NAMES = st.sampled_from(("bias", "gradient", "update", "weight"))
STEPS = st.integers(-4, 4)
ENDS = st.none() | STEPS


def draw_groups(values):
    return st.lists(st.lists(values, min_size=1, max_size=4), min_size=1, max_size=4)


def check(condition, groups, met):
    lows, highs = np.empty((2, len(groups)), object)
    lows[:], highs[:] = [min(group) for group in groups], [max(group) for group in groups]
    meets, holds = condition.meets(lows, highs), condition.holds(lows, highs)
    for group, may, all_ in zip(groups, meets, holds, strict=True):
        found = [met(value) for value in group]
        assert may or not any(found)
        assert not all_ or all(found)
        if len(set(group)) == 1:  # here the bounds tell everything
            assert may == all_ == found[0]
        column = pa.chunked_array([pa.array([*group, None])])
        assert condition.find(column).tolist() == [*found, False]


@given(groups=draw_groups(NAMES), values=st.lists(NAMES, max_size=3))
def test_one_of_some_strings(groups, values):
    check(Among(values), groups, lambda value: value in values)


@given(groups=draw_groups(STEPS), values=st.lists(STEPS, max_size=3))
def test_one_of_some_numbers(groups, values):
    check(Among(values), groups, lambda value: value in values)


@given(groups=draw_groups(STEPS), first=ENDS, last=ENDS)
def test_from_first_to_last(groups, first, last):
    check(
        Between(first, last),
        groups,
        lambda value: (first is None or first <= value) and (last is None or value <= last),
    )


@pytest.mark.parametrize(
    ("condition", "meets", "holds"),
    [
        (Among([1]), [True, True, False], [False, True, False]),
        (Between(1, 2), [True, True, False], [False, True, False]),
        (Between(0), [True, True, True], [True, True, True]),
        (Among([]), [False, False, False], [False, False, False]),
    ],
)
def test_groups_of_0_to_2_of_1_and_of_4_to_5(condition, meets, holds):
    lows, highs = np.array([0, 1, 4], object), np.array([2, 1, 5], object)
    assert condition.meets(lows, highs).tolist() == meets
    assert condition.holds(lows, highs).tolist() == holds

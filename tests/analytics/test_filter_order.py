from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.filter_order import ORDERS, order_filters

CHANGES = st.tuples(st.integers(1, 8), st.integers(0, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.one_of(st.just(np.nan), st.floats(0, 2)))
)


@given(CHANGES, st.sampled_from(ORDERS))
def test_every_filter_stands_in_one_row(change, by):
    assert sorted(order_filters(change, change, by)) == list(range(len(change)))


@given(CHANGES)
def test_activity_puts_the_largest_mean_change_first(change):
    def mean(row):
        known = [value for value in row if np.isfinite(value)]
        return sum(known) / len(known) if known else -np.inf

    means = [mean(change[row]) for row in order_filters(change, change, "activity")]
    assert all(a >= b - 1e-12 for a, b in pairwise(means))


def test_equals_keep_the_order_of_the_filters():
    change = np.array([[1.0, 1], [2, 2], [1, 1], [np.nan, np.nan], [2, 2]])
    assert order_filters(change, change, "activity").tolist() == [1, 4, 0, 2, 3]
    assert order_filters(change, change, "index").tolist() == [0, 1, 2, 3, 4]


def test_similarity_follows_what_the_rows_show_and_not_the_change(rng):
    bumps = np.exp(-(((np.linspace(0, 1, 30) - np.linspace(0.3, 0.7, 12)[:, None]) / 0.3) ** 2))
    shuffled = rng.permutation(12)
    order = shuffled[order_filters(bumps[shuffled], rng.random((12, 30)), "similarity")]
    assert order.tolist() in (list(range(12)), list(range(12))[::-1])


def test_refuses_an_order_that_does_not_exist():
    with pytest.raises(ValueError, match="'size'"):
        order_filters(np.zeros((1, 1)), np.zeros((1, 1)), "size")

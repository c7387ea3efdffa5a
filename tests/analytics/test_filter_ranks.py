import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.filter_ranks import combine_ranks, default_top, rank_filters

CHANGES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, float("nan"), float("inf")]), max_size=20)
RANKED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), unique=True, max_size=8)


@pytest.mark.parametrize(
    ("filters", "k"), [(27_560, 100), (346, 6), (100, 3), (5_000, 100), (10, 3)]
)
def test_shows_two_percent_of_the_filters_between_3_and_100(filters, k):
    assert default_top(filters) == k


@given(CHANGES, st.integers(0, 25), st.randoms(use_true_random=False))
def test_ranks_as_a_plain_sort_does(changes, k, random):
    places = list(range(len(changes)))
    random.shuffle(places)
    layers = np.array([place // 4 for place in places], dtype=np.int32)
    filters = np.array([place % 4 for place in places], dtype=np.int32)
    found = rank_filters(layers, filters, np.array(changes, dtype=np.float64), k)

    moved = [i for i in range(len(changes)) if changes[i] > 0]
    wanted = sorted(moved, key=lambda i: (-changes[i], layers[i], filters[i]))[:k]
    assert found.tolist() == wanted


@given(st.lists(RANKED, min_size=1, max_size=4))
def test_any_is_the_union_and_every_the_intersection(steps):
    arrays = [np.array(one, dtype=np.int64).reshape(-1, 2) for one in steps]
    union = [tuple(row) for row in combine_ranks(arrays, every=False).tolist()]
    both = [tuple(row) for row in combine_ranks(arrays, every=True).tolist()]
    assert set(union) == set().union(*steps)
    assert set(both) == set(steps[0]).intersection(*steps)
    assert both == [key for key in union if key in both]

    def best(key):
        return min(one.index(key) for one in steps if key in one)

    assert [best(key) for key in union] == sorted(best(key) for key in union)


def test_one_step_keeps_its_order():
    ranked = np.array([[3, 1], [0, 2], [1, 1]])
    assert combine_ranks([ranked], every=True).tolist() == ranked.tolist()
    assert combine_ranks([], every=True).shape == (0, 2)

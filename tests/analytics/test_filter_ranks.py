import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.filter_ranks import combine_ranks

RANKED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), unique=True, max_size=8)


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

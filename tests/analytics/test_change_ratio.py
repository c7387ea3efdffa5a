"""Change ratios are the shares of the weights between thresholds; they sum to one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change_ratio import find_bands, find_threshold

ALL = [j * 10.0 ** -(d + 1) for d in range(6) for j in range(9, 0, -1)]


def literal_shares(changes):
    """The recorded row of one step: entry 0 is of all, then one for each threshold."""
    return np.array([1.0, *(np.mean(changes < threshold) for threshold in ALL)])


def literal_bands(changes, thresholds):
    edges = [np.inf, *thresholds, -1.0]
    inside = [(changes < high) & (changes >= low) for high, low in pairwise(edges)]
    return [one.mean() for one in inside]


def test_thresholds_stand_where_they_are_recorded():
    expected = {0.1: 9, 0.09: 10, 0.01: 18, 0.001: 27, 0.0001: 36, 1e-6: 54, 0.9: 1}
    assert {one: find_threshold(one) for one in expected} == expected


@pytest.mark.parametrize("wrong", [1.0, 0.15, 0.0, 1e-7])
def test_other_thresholds_are_refused(wrong):
    with pytest.raises(ValueError, match=f"got {wrong!r}"):
        find_threshold(wrong)


@given(
    st.lists(st.floats(0, 3, allow_subnormal=False), min_size=1, max_size=30),
    st.sets(st.sampled_from(ALL), min_size=1, max_size=5),
)
def test_bands_are_the_shares_between_thresholds(changes, chosen):
    changes, thresholds = np.array(changes), sorted(chosen, reverse=True)
    bands = find_bands(literal_shares(changes)[None], thresholds)
    np.testing.assert_allclose(bands[:, 0], literal_bands(changes, thresholds), atol=1e-12)
    assert bands.sum() == pytest.approx(1)


def test_a_step_without_a_recorded_change_has_no_bands():
    shares = np.stack([np.full(55, np.nan), literal_shares(np.array([0.5, 0.05]))])
    bands = find_bands(shares, [0.1, 0.01])
    assert np.isnan(bands[:, 0]).all()
    assert bands[:, 1].tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("thresholds", [[], [0.01, 0.1], [0.1, 0.1]])
def test_thresholds_that_do_not_fall_are_refused(thresholds):
    with pytest.raises(ValueError, match="thresholds fall"):
        find_bands(np.ones((1, 55)), thresholds)

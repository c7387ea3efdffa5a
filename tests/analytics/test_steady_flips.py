"""Scores that are a slice away are those that are counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.flips import find_flips, score_anomalies
from analytics.steady_flips import sort_flips

CORRECT = st.tuples(st.integers(1, 8), st.integers(1, 30)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)


@given(CORRECT, st.integers(1, 35), st.sampled_from(["both", "learned", "forgotten"]), st.data())
def test_scores_are_those_that_are_counted(correct, window, direction, data):
    images, steps = correct.shape
    classes = data.draw(arrays(np.int64, images, elements=st.integers(0, 3)))
    flips = find_flips(correct)
    counted = score_anomalies(flips, classes, steps, window, direction, 4)
    found = sort_flips(flips, classes, steps, 4, direction).score(window)
    np.testing.assert_array_equal(found.left, counted.left)
    np.testing.assert_array_equal(found.right, counted.right)


def test_runs_longer_than_16_bits_are_the_longest():
    correct = np.zeros((1, 140_000), dtype=np.bool_)
    correct[0, 70_000:] = True
    steady = sort_flips(find_flips(correct), np.zeros(1, np.int64), 140_000, 1)
    assert steady.score(65_535).left[0, 70_000] == 1
    assert steady.score(100_000).right[0, 70_000] == 1


def test_without_flips_nothing_scores():
    steady = sort_flips(find_flips(np.ones((3, 4), dtype=np.bool_)), np.arange(3), 4, 3)
    assert steady.score(1).left.tolist() == np.zeros((3, 4)).tolist()


def test_refuses_a_window_without_steps():
    steady = sort_flips(find_flips(np.ones((1, 2), dtype=np.bool_)), np.zeros(1, np.int64), 2, 1)
    with pytest.raises(ValueError, match="got 0"):
        steady.score(0)

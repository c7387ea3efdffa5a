"""Scores that are a slice away are those that are counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.flips import find_flips, score_anomalies
from analytics.steady_flips import group_learned, sort_flips

CORRECT = st.tuples(st.integers(1, 8), st.integers(1, 30)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)


@st.composite
def flips_of_classes(draw):
    """Flips, the class of each image of four, and the number of steps."""
    correct = draw(CORRECT)
    images, steps = correct.shape
    return find_flips(correct), draw(arrays(np.int64, images, elements=st.integers(0, 3))), steps


@given(flips_of_classes(), st.integers(1, 35), st.sampled_from(["both", "learned", "forgotten"]))
def test_scores_are_those_that_are_counted(found, window, direction):
    counted = score_anomalies(*found, window, direction, 4)
    scores = sort_flips(*found, 4, direction).score(window)
    np.testing.assert_array_equal(scores.left, counted.left)
    np.testing.assert_array_equal(scores.right, counted.right)


def test_runs_longer_than_16_bits_are_the_longest():
    correct = np.zeros((1, 140_000), dtype=np.bool_)
    correct[0, 70_000:] = True
    steady = sort_flips(find_flips(correct), np.zeros(1, np.int64), 140_000, 1)
    assert steady.score(65_535).left[0, 70_000] == 1
    assert steady.score(100_000).right[0, 70_000] == 1


@pytest.mark.parametrize(("images", "kind"), [(127, np.int8), (128, np.int16), (33_000, np.int32)])
def test_scores_take_the_smallest_integers_that_hold_them(images, kind):
    correct = np.zeros((images, 2), dtype=np.bool_)
    correct[:, 1] = True
    scores = sort_flips(find_flips(correct), np.zeros(images, np.int64), 2, 1).score(1)
    assert scores.left.tolist() == scores.right.tolist() == [[0, images]]
    assert scores.left.dtype == kind


def test_without_flips_nothing_scores():
    steady = sort_flips(find_flips(np.ones((3, 4), dtype=np.bool_)), np.arange(3), 4, 3)
    assert steady.score(1).left.tolist() == np.zeros((3, 4)).tolist()


def test_refuses_a_window_without_steps():
    steady = sort_flips(find_flips(np.ones((1, 2), dtype=np.bool_)), np.zeros(1, np.int64), 2, 1)
    with pytest.raises(ValueError, match="got 0"):
        steady.score(0)


@given(flips_of_classes(), st.integers(1, 35), st.data())
def test_learned_flips_of_some_cells_are_those_that_are_counted(found, window, data):
    counted = score_anomalies(*found, window, "learned", 4)
    chosen = data.draw(arrays(np.bool_, counted.left.shape))

    left, right = group_learned(*found, 4).count(*np.nonzero(chosen), window)

    np.testing.assert_array_equal(left, counted.left[chosen])
    np.testing.assert_array_equal(right, counted.right[chosen])


def test_the_flips_of_cells_have_a_window_of_a_step_or_more():
    grouped = group_learned(
        find_flips(np.ones((1, 3), dtype=np.bool_)), np.zeros(1, np.int64), 3, 1
    )
    with pytest.raises(ValueError, match="1 or more"):
        grouped.count(np.zeros(1, np.int64), np.zeros(1, np.int64), 0)

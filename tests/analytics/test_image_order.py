"""Images stand from easy to hard, and the same image in the same row of every run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.image_order import (
    align_images,
    count_by_difficulty,
    order_by_difficulty,
    order_by_score,
)

answers = st.tuples(st.integers(1, 12), st.integers(0, 6)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)


@given(answers)
def test_follows_its_definition(right):
    times = [int(sum(right[:, image])) for image in range(right.shape[1])]
    wanted = sorted(range(right.shape[1]), key=lambda image: (-times[image], image))
    assert order_by_difficulty(right).tolist() == wanted


@given(answers)
def test_counts_every_image_in_one_group(right):
    groups = {"easy": 0, "middling": 0, "hard": 0, "never": 0}
    for image in range(right.shape[1]):
        share = sum(right[:, image]) / len(right)
        if share == 0:
            groups["never"] += 1
        elif share >= 0.9:
            groups["easy"] += 1
        elif share >= 0.5:
            groups["middling"] += 1
        else:
            groups["hard"] += 1
    assert count_by_difficulty(right) == tuple(groups.values())


def test_no_steps_make_every_image_one_that_was_never_right():
    assert count_by_difficulty(np.zeros((0, 3), dtype=bool)) == (0, 0, 0, 3)


def test_orders_by_mean_score_and_puts_images_without_any_last():
    scores = np.array([[np.nan, 4.0, 1.0, 4.0], [np.inf, np.nan, 3.0, 4.0]])
    assert order_by_score(scores).tolist() == [2, 1, 3, 0]


@pytest.mark.parametrize(
    ("wanted", "found", "places"),
    [
        (["a", "b"], ["b", "a"], [1, 0]),
        (["a", "x"], ["a"], [0, -1]),
        ([], ["a"], []),
        (["a"], ["a", "a"], [0]),
    ],
)
def test_aligns_images_by_their_ids(wanted, found, places):
    assert align_images(wanted, found).tolist() == places

"""Flips are found where, and only where, an answer changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.flips import find_flips

answers = st.tuples(st.integers(1, 8), st.integers(0, 5)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)


def literal_flips(right):
    learned, forgotten = [], []
    for t in range(1, len(right)):
        for image in range(right.shape[1]):
            before, now = right[t - 1, image], right[t, image]
            if now and not before:
                learned.append((t, image))
            if before and not now:
                forgotten.append((t, image))
    return learned, forgotten


@given(answers)
def test_follows_its_definition(right):
    flips = find_flips(right)
    learned, forgotten = literal_flips(right)
    assert [tuple(place) for place in np.argwhere(flips.learned)] == learned
    assert [tuple(place) for place in np.argwhere(flips.forgotten)] == forgotten


@given(answers)
def test_learned_and_forgotten_take_turns(right):
    flips = find_flips(right)
    change = flips.learned_times - flips.forgotten_times
    assert (change == right[-1].astype(int) - right[0].astype(int)).all()


@given(answers)
def test_wrong_answers_swap_learned_and_forgotten(right):
    once, swapped = find_flips(right), find_flips(~right)
    np.testing.assert_array_equal(once.learned, swapped.forgotten)
    np.testing.assert_array_equal(once.right_steps + swapped.right_steps, len(right))


def test_nothing_flips_at_the_first_step():
    assert not find_flips(np.array([[True, False]])).learned.any()

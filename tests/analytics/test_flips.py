"""Flips and anomaly scores follow the paper's rules, written down literally."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.flips import Flips, find_flips, score_anomalies

answers = st.tuples(st.integers(0, 5), st.integers(0, 9)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)
with_gaps = st.tuples(st.integers(0, 5), st.integers(0, 9)).flatmap(
    lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape))
)
WORKED = np.array(
    [
        [c == "1" for c in row]
        for row in ("00011110", "00010111", "11100000", "10100011", "00000000")
    ]
)


def literal_flips(correct, valid):
    """(image, step, learned, before, after), by walking along the validated steps of each image."""
    found = []
    for image, row in enumerate(correct):
        steps = [t for t in range(len(row)) if valid[image, t]]
        answers_ = [row[t] for t in steps]
        for place in range(1, len(steps)):
            if answers_[place] == answers_[place - 1]:
                continue
            before = after = 0
            while place - 1 - before >= 0 and answers_[place - 1 - before] != answers_[place]:
                before += 1
            while place + after < len(steps) and answers_[place + after] == answers_[place]:
                after += 1
            found.append((image, steps[place], bool(answers_[place]), before, after))
    return found


def literal_scores(row, window):
    n = len(row)
    left = [
        i >= window and len(set(row[i - window : i])) == 1 and row[i] != row[i - 1]
        for i in range(n)
    ]
    right = [
        j >= 1
        and j + window - 1 <= n - 1
        and len(set(row[j : j + window])) == 1
        and row[j - 1] != row[j]
        for j in range(n)
    ]
    return left, right


def listed(flips):
    return list(
        zip(*(getattr(flips, name).tolist() for name in Flips.__annotations__), strict=True)
    )


@given(answers)
def test_flips_follow_their_definition(correct):
    assert listed(find_flips(correct)) == literal_flips(correct, np.ones(correct.shape, bool))


@given(with_gaps)
def test_steps_without_validation_are_left_out(drawn):
    correct, valid = drawn
    assert listed(find_flips(correct, valid)) == literal_flips(correct, valid)
    if len(valid):
        whole = np.tile(valid[0], (len(valid), 1))
        assert listed(find_flips(correct, valid[0])) == literal_flips(correct, whole)


@given(answers)
def test_learned_and_forgotten_take_turns(correct):
    flips = find_flips(correct)
    if correct.shape[1]:
        change = flips.count_learned(len(correct)) - flips.count_forgotten(len(correct))
        assert (change == correct[:, -1].astype(int) - correct[:, 0].astype(int)).all()


@pytest.mark.parametrize(
    ("window", "left", "right"),
    [
        (1, "01141111", "01141111"),
        (2, "00030011", "00030110"),
        (3, "00030011", "00030100"),
    ],
)
def test_worked_scores(window, left, right):
    scores = score_anomalies(find_flips(WORKED), np.zeros(5, int), 8, window)
    assert "".join(map(str, scores.left[0])) == left
    assert "".join(map(str, scores.right[0])) == right


@given(answers, st.integers(1, 10))
def test_scores_equal_the_literal_rule(correct, window):
    classes = np.arange(len(correct)) % 2
    scores = score_anomalies(find_flips(correct), classes, correct.shape[1], window, n_classes=2)
    left, right = np.zeros((2, 2, correct.shape[1]), int)
    for class_, row in zip(classes, correct, strict=True):
        of_row = literal_scores(row.tolist(), window)
        left[class_] += np.array(of_row[0], int)
        right[class_] += np.array(of_row[1], int)
    np.testing.assert_array_equal(scores.left, left)
    np.testing.assert_array_equal(scores.right, right)


@given(answers, st.integers(1, 5))
def test_reversed_time_swaps_the_rules_and_right_for_wrong_changes_nothing(correct, window):
    steps = correct.shape[1]

    def score(rows):
        classes = np.zeros(len(rows), int)
        return score_anomalies(find_flips(rows), classes, steps, window, n_classes=1)

    scores, mirrored, swapped = score(correct), score(correct[:, ::-1]), score(~correct)
    np.testing.assert_array_equal(scores.left[:, 1:], mirrored.right[:, :0:-1])
    np.testing.assert_array_equal(scores.left, swapped.left)
    np.testing.assert_array_equal(scores.right, swapped.right)


@given(answers, st.integers(1, 5))
def test_learned_and_forgotten_add_up(correct, window):
    flips, classes = find_flips(correct), np.zeros(len(correct), int)
    learned, forgotten, both = (
        score_anomalies(flips, classes, correct.shape[1], window, direction, n_classes=1)
        for direction in ("learned", "forgotten", "both")
    )
    np.testing.assert_array_equal(learned.left + forgotten.left, both.left)
    np.testing.assert_array_equal(learned.right + forgotten.right, both.right)


def test_no_images_have_no_flips_and_no_classes():
    flips = find_flips(np.zeros((0, 7), bool))
    assert listed(flips) == []
    assert score_anomalies(flips, np.zeros(0, int), 7, 5).left.shape == (0, 7)
    assert score_anomalies(flips, np.zeros(0, int), 7, 5, n_classes=3).right.shape == (3, 7)


def test_refuses_what_cannot_be_right():
    flips = find_flips(WORKED)
    for window in (0, -1):
        with pytest.raises(ValueError, match="window"):
            score_anomalies(flips, np.zeros(5, int), 8, window)
    with pytest.raises(ValueError, match="direction"):
        score_anomalies(flips, np.zeros(5, int), 8, 1, "sideways")
    with pytest.raises(ValueError, match="classes are 0 to 1"):
        score_anomalies(flips, np.array([0, 1, 2, 0, 0]), 8, 1, n_classes=2)
    with pytest.raises(ValueError, match="beyond"):
        score_anomalies(flips, np.zeros(2, int), 8, 1)
    with pytest.raises(ValueError, match="image, step"):
        find_flips(np.zeros(4, bool))
    with pytest.raises(ValueError, match="valid"):
        find_flips(WORKED, np.ones(3, bool))

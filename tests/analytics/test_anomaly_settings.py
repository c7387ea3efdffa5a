"""Thresholds find the anomaly iterations, and settings are suggested only where chance explains few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.flips import (
    AnomalyScores,
    Suggestion,
    _shift,
    count_threshold,
    find_anomalies,
    find_flips,
    score_anomalies,
    suggest_settings,
)

STAGES = np.array([-1, *[0] * 59, *[1] * 60])
scores = st.tuples(st.integers(1, 4), st.integers(1, 6)).flatmap(
    lambda shape: st.tuples(
        arrays(np.int64, shape, elements=st.integers(0, 5)),
        arrays(np.int64, shape, elements=st.integers(0, 5)),
        arrays(np.int64, shape[:1], elements=st.integers(1, 5)),
    )
)


@given(scores)
def test_an_anomaly_reaches_the_threshold_of_its_class(given_scores):
    left, right, least = given_scores
    found = {
        rule: find_anomalies(AnomalyScores(left, right), least, rule)
        for rule in ("left", "right", "either")
    }
    for class_, step in np.ndindex(left.shape):
        by_left = left[class_, step] >= least[class_]
        by_right = right[class_, step] >= least[class_]
        assert found["left"][class_, step] == by_left
        assert found["right"][class_, step] == by_right
        assert found["either"][class_, step] == (by_left or by_right)


def test_a_threshold_is_a_share_of_the_class_rounded_up():
    assert count_threshold(np.array([50, 24, 3, 1, 0]), 20).tolist() == [10, 5, 1, 1, 1]
    assert count_threshold(np.array([100, 1_000]), 7).tolist() == [7, 70]


def test_unknown_rules_and_empty_thresholds_are_refused():
    nothing = AnomalyScores(np.zeros((1, 2), int), np.zeros((1, 2), int))
    with pytest.raises(ValueError, match="left, right or either, got 'both'"):
        find_anomalies(nothing, np.array([1]), "both")
    with pytest.raises(ValueError, match="one flip or more, got 0"):
        find_anomalies(nothing, np.array([0]))


def disturbed(seed, moments, share=0.6):
    """Answers of 8 classes × 25 images: seldom flips, and at each moment many of a class at once."""
    rng = np.random.default_rng(seed)
    flips = rng.random((200, len(STAGES))) < 0.01
    for class_, step in moments:
        own = np.arange(25 * class_, 25 * (class_ + 1))
        flips[own, step - 6 : step + 7] = False
        flips[rng.permutation(own)[: int(25 * share)], step] = True
    return (np.cumsum(flips, axis=1) + rng.integers(0, 2, (200, 1))) % 2 == 1


def suggest(correct, **options):
    return suggest_settings(find_flips(correct), np.repeat(np.arange(8), 25), STAGES, **options)


MOMENTS = [(0, 20), (1, 20), (3, 41), (3, 90), (5, 90), (6, 77)]


@pytest.mark.parametrize("seed", range(4))
def test_suggested_settings_find_what_is_planted_and_little_else(seed):
    correct = disturbed(seed, MOMENTS)
    suggestions = suggest(correct)
    assert suggestions
    flips, classes = find_flips(correct), np.repeat(np.arange(8), 25)
    best = suggestions[0]
    found = find_anomalies(
        score_anomalies(flips, classes, len(STAGES), best.window),
        count_threshold(np.bincount(classes), best.threshold),
    )
    assert {*zip(*np.nonzero(found), strict=True)} >= {*MOMENTS}
    assert found.sum() == best.found <= len(MOMENTS) * 1.05 + 1


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_suggested_where_images_flip_on_their_own(seed):
    assert suggest(disturbed(seed, [])) == ()


def test_a_whole_stage_of_flips_suggests_nothing_by_itself():
    rng = np.random.default_rng(3)
    flips = rng.random((200, len(STAGES))) < np.where(STAGES == 0, 0.3, 0.002)
    assert suggest(np.cumsum(flips, axis=1) % 2 == 1) == ()


def test_suggestions_are_reproducible_and_kept_to_their_bounds():
    correct = disturbed(1, MOMENTS)
    assert suggest(correct) == suggest(correct)
    for each in suggest(correct):
        assert isinstance(each, Suggestion)
        assert 5 <= each.found <= 200
        assert each.expected <= 0.05 * each.found


def test_the_rule_and_the_direction_are_obeyed():
    correct = np.zeros((200, len(STAGES)), dtype=bool)
    for class_ in range(8):  # each class is learned as a whole, once, and never forgotten
        correct[25 * class_ : 25 * class_ + 20, 20 + 7 * class_ :] = True
    assert suggest(correct)[0].found == 8
    assert suggest(correct, direction="forgotten") == ()
    assert all(each.found == 8 for each in suggest(correct, rule="left", direction="learned"))


@pytest.mark.parametrize("direction", ["both", "learned"])
@pytest.mark.parametrize("rule", ["left", "right", "either"])
def test_a_suggestion_counts_the_anomaly_iterations_of_its_setting(rule, direction):
    correct, classes = disturbed(2, MOMENTS), np.repeat(np.arange(8), 25)
    flips = find_flips(correct)
    for each in suggest(correct, rule=rule, direction=direction):
        scores = score_anomalies(flips, classes, len(STAGES), each.window, direction)
        least = count_threshold(np.bincount(classes), each.threshold)
        assert find_anomalies(scores, least, rule).sum() == each.found


@given(arrays(np.bool_, (6, len(STAGES))), st.integers(0, 9))
def test_a_shift_keeps_the_flips_of_each_image_in_their_stage_and_turns_them(correct, seed):
    flips = find_flips(correct)
    shifted = _shift(flips, 6, STAGES, np.random.default_rng(seed))
    shifts = np.random.default_rng(seed).integers(0, [59, 60], (6, 2))
    wanted = []
    for image, step, learned in zip(flips.image, flips.step, flips.learned, strict=True):
        stage = STAGES[step]
        start, length = (1, 59) if stage == 0 else (60, 60)
        wanted.append((image, start + (step - start + shifts[image, stage]) % length, learned))
    found = zip(shifted.image, shifted.step, shifted.learned, strict=True)
    assert list(found) == sorted(wanted)


def test_nothing_to_suggest_from_nothing():
    empty = find_flips(np.zeros((0, 0), dtype=bool))
    assert suggest_settings(empty, np.zeros(0, int), np.zeros(0, int)) == ()
    assert suggest(np.zeros((200, len(STAGES)), dtype=bool)) == ()

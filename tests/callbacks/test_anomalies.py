"""The anomaly iterations of a planted run are those of the class that forgets, under any settings."""

import numpy as np
import pytest

from analytics.flips import count_threshold
from callbacks.anomalies import (
    AnomalySettings,
    find_anomalies,
    load_flips,
    load_stages,
    load_suggestions,
    read_settings,
)
from data.store import open_run
from selection import Selection


def test_settings_come_from_the_link_or_are_the_default():
    assert read_settings(Selection()) == AnomalySettings(5, 20, "either", "both")
    link = "?window=2&threshold=35&rule=left&validation.flips=forgotten"
    found, notices = Selection.from_link(link)
    assert (read_settings(found), notices) == (AnomalySettings(2, 35, "left", "forgotten"), [])
    wrong, _ = Selection.from_link("?validation.flips=sideways")
    assert read_settings(wrong).direction == "both"


@pytest.mark.parametrize(("direction", "moments"), [("forgotten", ["gone"]), ("learned", ["back"])])
def test_the_planted_class_is_anomalous_where_it_forgets_and_learns_again(
    run, planted, direction, moments
):
    found = find_anomalies(run, AnomalySettings(3, 40, "either", direction))
    first, last = planted.forgets
    gone, last_gone = np.searchsorted(found.steps, [first, last])
    wanted = {"gone": gone, "back": last_gone + 1}
    late = found.chosen[:, 20:]  # before, the classes are learned
    places = {(class_, step + 20) for class_, step in zip(*np.nonzero(late), strict=True)}
    assert places == {(planted.plan.forgetting_class, wanted[moment]) for moment in moments}
    np.testing.assert_array_equal(found.least, count_threshold(found.images, 40))
    score = found.scores.left[planted.plan.forgetting_class, wanted[moments[0]]]
    assert score >= 0.8 * len(planted.forgotten_slots)


def test_flips_are_those_of_the_recorded_answers(run, planted):
    found = load_flips(run)
    right = planted.results.right  # (class, step, image)
    flips = (right[:, 1:] != right[:, :-1]).sum()
    assert len(found.flips) == flips
    assert load_flips(run) is found


def test_a_run_that_predicts_nothing_has_no_anomalies(runs):
    run = open_run("scores")
    assert load_flips(run) is None
    assert find_anomalies(run, AnomalySettings()) is None
    assert load_suggestions(run, AnomalySettings()) == ()


def test_stages_follow_the_learning_rate_and_the_first_step_has_none(run, planted):
    steps = planted.validation_steps
    found = load_stages(run, steps)
    scalars = planted.scalars
    rates = [name.startswith("lr/") for name in scalars.names]
    begins, values = scalars.steps[rates], scalars.values[rates]
    in_force = [values[begins <= step][-1] for step in steps[1:]]
    numbers = [planted.plan.learning_rates.index(rate) for rate in in_force]
    assert found.tolist() == [-1, *numbers]
    assert set(numbers) == {0, 1, 2}

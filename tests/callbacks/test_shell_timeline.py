import json
from base64 import b64decode

import numpy as np
import pytest
from dash import no_update

from callbacks.shell_facts import show_facts
from callbacks.shell_timeline import show_timeline
from data.errors import RunNotFoundError


def unpack(text, kind):
    return np.frombuffer(b64decode(text), kind)


def timeline_of(name):
    return show_timeline([name], {name: "1"})["runs"][0]


def test_sends_nothing_before_runs_are_chosen():
    assert show_timeline(None, None) is no_update
    assert show_facts(None, None) is no_update


def test_keeps_the_order_of_the_header(runs):
    found = show_timeline(["project/failing", "planted"], {})["runs"]

    assert [run["name"] for run in found] == ["project/failing", "planted"]
    assert json.loads(json.dumps(found)) == found


def test_the_curve_keeps_the_spike_of_one_step(runs, planted):
    curve = timeline_of("planted")["curve"]
    steps, high = unpack(curve["steps"], "<f8"), unpack(curve["high"], "<f4")

    loss = planted.scalars.values[planted.scalars.names == "train/loss"]
    assert high.max() == pytest.approx(loss.max(), rel=1e-3)
    assert abs(steps[high.argmax()] - planted.plan.spike_at) <= 3
    assert np.all(np.diff(steps) > 0)


def test_marks_the_spike_and_the_first_value_that_is_not_finite(runs):
    spikes = [mark["step"] for mark in timeline_of("planted")["marks"]]
    bad = [mark for mark in timeline_of("project/failing")["marks"] if mark["kind"] == "bad"]

    assert spikes == [2345]
    assert [mark["step"] for mark in bad] == [726]
    assert bad[0]["text"] == "train/loss is NaN from step 726"


def test_the_curve_ends_where_it_is_no_longer_finite(runs):
    curve = timeline_of("project/failing")["curve"]

    assert unpack(curve["steps"], "<f8").max() < 726
    assert np.isfinite(unpack(curve["high"], "<f4")).all()


def test_lists_the_changes_of_the_learning_rate_but_not_its_beginning(runs, planted):
    changes = timeline_of("planted")["stages"]

    assert [change["value"] for change in changes] == [0.01, 0.001]
    assert all(change["step"] > 0 for change in changes)


def test_lists_the_recorded_steps(runs, planted):
    assert timeline_of("planted")["recorded"] == planted.validation_steps.tolist()


def test_names_classes_images_and_layers_of_a_run(runs, planted):
    facts = show_facts(["planted"], {})["planted"]

    assert facts["name"] == "planted"
    assert facts["classes"] == [[i, name] for i, name in enumerate(planted.class_names)]
    assert facts["images"] == 240
    assert "features.conv2" in facts["layers"]


def test_a_run_that_is_gone_is_named(runs):
    with pytest.raises(RunNotFoundError, match="gone"):
        show_timeline(["gone"], {})

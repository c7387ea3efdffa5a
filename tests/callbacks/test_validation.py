"""The callbacks of the Validation page load, analyse and pack what was planted."""

from base64 import b64decode

import numpy as np
import pytest

from callbacks.validation import show_answers, show_charts, show_strips
from callbacks.validation_charts import load_charts
from data.demos import write_planted_run
from data.errors import RunNotFoundError

CAT = 3


def opened(*rows, order="difficulty"):
    return {"rows": list(rows), "order": order}


def cells(packed, steps):
    kind = "<u2" if packed["wide"] else np.uint8
    return np.frombuffer(b64decode(packed["values"]), kind).reshape(-1, steps)


def test_every_class_has_its_planted_errors(run, planted):
    payload = show_strips(["planted"], None)
    assert payload["notes"] == []
    assert payload["runs"][0]["steps"] == planted.validation_steps.tolist()
    for one, right in zip(payload["classes"], planted.results.right, strict=True):
        assert cells(one["strips"][0], len(right))[0].tolist() == (~right).sum(1).tolist()


def test_nothing_is_chosen_and_nothing_is_loaded(runs):
    assert show_strips([], None) is None
    assert show_charts(opened(), ["planted"], None)["charts"] == []
    assert show_answers([1], opened(), ["planted"], None) is None


def test_an_unknown_run_is_an_error_for_the_banner(runs):
    with pytest.raises(RunNotFoundError):
        show_strips(["no such run"], None)


def test_rows_that_are_no_class_are_left_out(run):
    charts = show_charts(opened(99, CAT), ["planted"], None)["charts"]
    assert [chart["row"] for chart in charts] == [CAT]


def test_images_stand_by_difficulty_of_the_first_run(run, planted):
    (chart,) = show_charts(opened(CAT), ["planted", "project/failing"], None)["charts"]
    right = planted.results.right[CAT]
    order = np.argsort(-right.sum(0), kind="stable")
    assert chart["ids"] == [f"cat/{CAT * right.shape[1] + slot:05d}" for slot in order]
    assert chart["runs"][0]["right"] == right.sum(0)[order].tolist()
    assert sum(chart["groups"]) == right.shape[1]


def test_a_pinned_image_says_what_it_was_taken_for(run, planted):
    slot = int(planted.forgotten_slots[0])
    image = CAT * planted.plan.images_per_class + slot
    answers = show_answers([image], opened(5, CAT), ["planted"], None)
    predicted = planted.results.predicted[CAT][:, slot]
    labels, counts = np.unique(predicted[predicted != CAT], return_counts=True)
    found = dict(answers["runs"][0]["taken_for"])
    wanted = {
        planted.class_names[label]: count for label, count in zip(labels, counts, strict=True)
    }
    assert found.items() <= wanted.items()
    assert max(found.values()) == max(wanted.values())
    assert answers["lanes"][0] == "cat"
    lanes = np.array(answers["runs"][0]["lane"])
    assert ((lanes == 0) == (predicted == CAT)).all()


def test_labels_of_runs_with_other_class_ids_are_told_by_name(logdir):
    write_planted_run(logdir, "all", steps=60, validations=6, layers=False)
    few = write_planted_run(logdir, "few", steps=60, validations=6, layers=False, classes=6, seed=3)
    (chart,) = show_charts(opened(CAT, order="recorded"), ["few", "all"], None)["charts"]
    codes = cells(chart["runs"][0]["codes"], 6).T
    named = np.array(chart["labels"])[codes]
    assert (named == np.array(few.class_names)[few.results.predicted[CAT]]).all()


def test_a_run_that_only_scores_has_no_labels(planted_runs, runs):
    payload = show_strips(["scores"], None)
    assert payload["scale"]["low"] < payload["scale"]["high"]
    charts = load_charts(["scores"], [1], "difficulty").charts
    chart, scale = charts[0]
    assert chart.labels == ()
    means = planted_runs["scores"].results.score[1].mean(0)
    assert chart.images.tolist() == (24 + np.argsort(means, kind="stable")).tolist()
    assert scale is not None


def test_runs_without_results_are_named(runs):
    assert show_strips(["plain"], None)["runs"] == [None]
    payload = show_strips(["planted", "plain"], None)
    assert payload["runs"][1] is None
    assert "plain recorded no predictions" in payload["notes"][0]["text"]


def test_many_images_share_rows(logdir):
    write_planted_run(
        logdir, "wide", steps=20, validations=3, layers=False, classes=2, images_per_class=2_100,
        pictures=False,
    )  # fmt: skip
    (chart,) = show_charts(opened(1), ["wide"], None)["charts"]
    assert (chart["band"], len(chart["images"]), chart["count"]) == (2, 1_050, 2_100)
    assert chart["pictured"] == [False] * 1_050

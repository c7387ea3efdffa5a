"""Strips carry what was counted, for every run and class, and nothing where there is nothing."""

from base64 import b64decode

import numpy as np
import pytest

from analytics.class_errors import measure_class_errors
from analytics.class_rows import align_classes
from analytics.score_scale import ScoreScale
from figures.validation_images import ClassChart, RunImages, StepCells, draw_class
from figures.validation_rows import Line, RunStrips, draw_strips


def numbers(payload):
    return list(b64decode(payload["values"]))


@pytest.fixture
def strips():
    right = np.array([[1.0, 0.0], [3.0, np.nan]])
    images = np.array([[4, 2], [4, 0]])
    errors = measure_class_errors(right, images)
    steps = np.array([0, 50])
    line = Line("validation", steps, np.array([0.5, np.nan]))
    stages = ((0, 20, 0.1), (21, 50, 2e-4))
    return RunStrips(
        "a", steps, errors.errors, errors.wrong, images, errors.overall, errors.mean,
        (line,), stages, (7, -1),
    )  # fmt: skip


def test_strips_are_counts_of_wrong_images(strips):
    drawn = draw_strips([strips], align_classes([["cat", "dog"]]), None)
    cat, dog = (one["strips"][0] for one in drawn["classes"])
    assert (numbers(cat), cat["top"]) == ([3, 1], 4)
    assert (numbers(dog), dog["top"]) == ([2, 255], 2)
    assert [one["icon"] for one in drawn["classes"]] == [7, -1]


def test_a_class_that_a_run_lacks_has_no_strip_there(strips):
    rows = align_classes([["cat", "dog"], []])
    drawn = draw_strips([strips, None], rows, None)
    assert drawn["runs"][1] is None
    assert all(one["strips"][1] is None for one in drawn["classes"])


def test_a_gap_in_a_curve_is_null_and_rates_are_written_as_read(strips):
    run = draw_strips([strips], align_classes([["cat", "dog"]]), None)["runs"][0]
    assert run["lines"][0]["values"] == [0.5, None]
    assert [text for _, _, text, _ in run["stages"]] == ["0.1", "2e−4"]


def test_a_class_whose_images_change_in_number_is_packed_as_shares(strips):
    changed = RunStrips(**{**vars(strips), "images": np.array([[4, 2], [8, 0]])})
    drawn = draw_strips([changed], align_classes([["cat", "dog"]]), None)
    assert drawn["classes"][0]["strips"][0]["wide"]


def images_of(right, known, band=1, cells=None):
    count = right.shape[1]
    codes = np.where(right, 0, 1).astype(np.uint8)
    cells = cells or StepCells(np.arange(len(right)), len(right))
    run = RunImages(cells, right, codes, None, None, known, np.zeros(count, np.int64), None)
    ids = tuple(str(i) for i in range(count))
    pictured = np.ones(count, bool)
    return ClassChart(
        3,
        "cat",
        np.arange(count),
        pictured,
        ids,
        "a",
        ("cat", "dog"),
        None,
        None,
        band,
        (run, None),
    )


def test_an_image_that_a_run_lacks_is_missing_not_wrong():
    right = np.array([[True, False], [False, True]])
    run = draw_class(images_of(right, np.array([True, False])), None)["runs"][0]
    assert numbers(run["codes"]) == [0, 1, 255, 255]
    assert numbers(run["shares"]) == [200, 0, 255, 255]


def test_a_step_that_a_class_lacks_is_missing():
    right = np.array([[True], [True]])
    cells = StepCells(np.array([0, 2]), 3)
    run = draw_class(images_of(right, np.array([True]), cells=cells), None)["runs"][0]
    assert numbers(run["shares"]) == [200, 255, 200]


def test_images_that_share_a_row_carry_the_share_that_is_right():
    right = np.array([[True, False, True], [False, False, True]])
    drawn = draw_class(images_of(right, np.ones(3, bool), band=2), None)
    run = drawn["runs"][0]
    assert run["codes"] is None
    assert numbers(run["shares"]) == [100, 0, 200, 200]
    assert (drawn["images"], drawn["count"]) == ([0, 2], 3)


def test_scores_are_packed_between_the_ends_of_their_scale():
    scale = ScoreScale(0.0, 2.0, below=False, above=False)
    scores = np.array([[0.0, np.nan, 2.0]])
    cells = StepCells(np.array([1]), 2)
    known = np.array([True, True, False])
    run = RunImages(cells, None, None, scores, None, known, np.zeros(3, np.int64), None)
    chart = ClassChart(
        0, "group 1", np.arange(3), known, ("x", "y", "z"), "a", (), None, None, 1, (run,)
    )
    packed = draw_class(chart, scale)["runs"][0]["shares"]
    missing, bad = 65_535, packed["bad"]
    found = np.frombuffer(b64decode(packed["values"]), "<u2").tolist()
    assert found == [missing, 0, missing, bad, missing, missing]


def test_a_strip_of_scores_says_from_where_none_is_finite():
    values = np.array([[0.5, 1.0], [np.nan, 1.0], [np.nan, np.nan]])
    bad = np.array([[False, False], [True, False], [True, True]])
    images = np.full((3, 2), 4)
    steps = np.array([0, 50, 100])
    strips = RunStrips(
        "a", steps, values, None, images, values[:, 0], np.array([0.5, 1.0]), (), (), (-1, -1),
        bad=bad,
    )  # fmt: skip
    scale = ScoreScale(0.0, 1.0, below=False, above=False)
    drawn = draw_strips([strips], align_classes([["cat", "dog"]]), scale)
    assert drawn["runs"][0]["bad"] == 50
    numbers_of = [
        np.frombuffer(b64decode(one["values"]), "<u2").tolist()
        for one in (drawn["runs"][0]["overall"], *(c["strips"][0] for c in drawn["classes"]))
    ]
    bad_code = drawn["runs"][0]["overall"]["bad"]
    top = bad_code - 1
    assert numbers_of[0][1:] == [bad_code, bad_code]
    assert numbers_of[1][1:] == [bad_code, bad_code]
    assert numbers_of[2] == [top, top, bad_code]

"""Classes and images fare as was planted."""

import numpy as np
import pyarrow as pa
import pytest

from data.classes import read_class_curves, read_class_images, unpack_bits
from data.errors import NothingRecordedError
from data.planted_results import describe_classes, pack_bits
from data.store import open_run
from epochscope.log_writer import LogWriter
from epochscope.schema import TABLES

SCHEMA = TABLES["class_stat"].schema


def test_curves_count_what_is_right(run, planted):
    curves = read_class_curves(run)
    np.testing.assert_array_equal(curves.steps, planted.validation_steps)
    assert curves.class_ids.tolist() == list(range(10))
    assert curves.names == planted.class_names
    assert curves.images.tolist() == [24] * 10
    np.testing.assert_array_equal(curves.right, planted.results.right.sum(axis=2).T)
    assert (curves.n == 24).all()
    assert np.isnan(curves.score_mean).all()


def test_curves_of_a_range_of_steps(run, planted):
    first, last = planted.validation_steps[[10, 20]].tolist()
    curves = read_class_curves(run, first + 1, last)
    np.testing.assert_array_equal(curves.steps, planted.validation_steps[11:21])
    np.testing.assert_array_equal(curves.right, planted.results.right[:, 11:21].sum(axis=2).T)


def test_a_range_without_validations_has_no_steps(run, planted):
    between = int(planted.validation_steps[10]) + 1
    assert read_class_curves(run, between, between).right.shape == (0, 10)
    images = read_class_images(run, 3, between, between)
    assert (images.right.shape, images.predicted.shape) == ((0, 24), (0, 24))


@pytest.mark.parametrize("class_", [0, 3, 9])
def test_images_are_what_they_were_taken_for(run, planted, class_):
    found, results = read_class_images(run, class_), planted.results
    assert found.images.tolist() == list(range(24 * class_, 24 * class_ + 24))
    assert found.ids[1] == f"{planted.class_names[class_]}/00{24 * class_ + 1:03d}"
    np.testing.assert_array_equal(found.right, results.right[class_])
    np.testing.assert_array_equal(found.predicted, results.predicted[class_])
    np.testing.assert_array_equal(found.confidence, results.confidence[class_] / 254)
    assert found.scores is None


def test_the_class_forgets_half_of_its_images_and_learns_them_again(run, planted):
    found = read_class_images(run, planted.plan.forgetting_class)
    first, last = planted.forgets
    gone = (found.steps >= first) & (found.steps <= last)
    at, back = np.flatnonzero(gone)[[0, -1]]
    half = found.right[:, planted.forgotten_slots]
    assert half[at - 3 : at].all()
    assert not half[gone].any()
    assert half[back + 1 : back + 4].all()
    assert (found.predicted[gone][:, planted.forgotten_slots] != 3).all()


def test_scores_instead_of_predictions(runs, planted_runs):
    run, planted = open_run("scores"), planted_runs["scores"]
    found = read_class_images(run, 2)
    assert (found.right, found.predicted, found.confidence) == (None, None, None)
    np.testing.assert_allclose(found.scores, planted.results.score[2], rtol=1e-3, atol=1e-30)
    curves = read_class_curves(run)
    assert np.isnan(curves.right).all()
    np.testing.assert_allclose(curves.score_mean, planted.results.score.mean(axis=2).T, rtol=1e-3)
    assert curves.names == ("group 1", "group 2", "group 3", "group 4")


def test_a_class_that_is_not_there_is_named(run):
    with pytest.raises(
        NothingRecordedError, match="no images of a class 10; its classes are 0 to 9"
    ):
        read_class_images(run, 10)


def test_a_run_without_validations_says_so(runs):
    with pytest.raises(NothingRecordedError, match=r"recorder\.validate"):
        read_class_curves(open_run("plain"))


def write_results(folder, rows, images=70):
    writer = LogWriter.create(folder, {})
    writer.commit_meta(describe_classes(["a", "b"], images))
    for step, tables in rows.items():
        writer.commit_step(step, {"class_stat": pa.Table.from_pylist(tables, SCHEMA)})


def test_classes_with_more_images_than_a_word_has_bits(logdir, rng):
    right = rng.random((5, 70)) < 0.5
    write_results(
        logdir / "a",
        {
            step: [{"step": step, "class": 1, "n": 70, "right": int(right[step].sum()),
                    "bits": pack_bits(right[step : step + 1])[0].tolist()}]
            for step in range(5)
        },
    )  # fmt: skip
    run = open_run("a")
    np.testing.assert_array_equal(read_class_images(run, 1).right, right)
    assert (read_class_images(run, 1).predicted == -1).all()
    assert np.isnan(read_class_images(run, 1).confidence).all()
    assert np.isnan(read_class_curves(run).right[:, 0]).all()


def test_a_step_without_lists_is_wrong_and_none(logdir):
    full = {"class": 0, "n": 2, "right": 1, "bits": [1], "predicted": [0, 1]}
    empty = {"class": 0, "n": 2, "right": None, "bits": None, "predicted": None}
    write_results(logdir / "a", {1: [{"step": 1, **full}], 2: [{"step": 2, **empty}]}, images=2)
    found = read_class_images(open_run("a"), 0)
    assert found.right.tolist() == [[True, False], [False, False]]
    assert found.predicted.tolist() == [[0, 1], [-1, -1]]


def test_scores_that_are_not_finite_do_not_hide_the_others(logdir):
    score = [float("nan"), 2.0, float("inf"), 4.0]
    write_results(
        logdir / "a", {1: [{"step": 1, "class": 0, "n": 4, "loss": 1.0, "score": score}]}, images=4
    )
    run = open_run("a")
    curves = read_class_curves(run)
    assert curves.score_mean[0, 0] == 3.0
    assert not curves.bad.any()
    np.testing.assert_array_equal(read_class_images(run, 0).scores[0], score)


def test_a_class_without_a_finite_score_is_bad_and_one_without_scores_is_not(logdir):
    bad = {"class": 0, "n": 2, "score": [float("nan"), float("inf")]}
    good = {"class": 0, "n": 2, "score": [1.0, 2.0]}
    none = {"class": 0, "n": 2, "score": None}
    rows = {
        step: [{"step": step, "loss": 1.0, **row}] for step, row in enumerate((good, bad, none))
    }
    write_results(logdir / "a", rows, images=2)
    curves = read_class_curves(open_run("a"))
    assert curves.bad[:, 0].tolist() == [False, True, False]
    np.testing.assert_array_equal(curves.score_mean[:, 0], [1.5, np.nan, np.nan])


def test_bits_survive_packing(rng):
    right = rng.random((3, 130)) < 0.5
    column = pa.chunked_array([pa.array(pack_bits(right), pa.list_(pa.uint64()))])
    np.testing.assert_array_equal(unpack_bits(column, 130), right)

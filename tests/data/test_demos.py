"""Planted runs are what they say, and the same each time."""

import numpy as np
import pyarrow as pa
import pytest

from data.demos import open_planted_run, write_plain_run, write_planted_run
from data.planted_pictures import draw_picture
from data.planted_weights import WeightWalk, rank_filters
from epochscope.log_reader import read_log
from epochscope.log_writer import RunExistsError

SMALL = {"steps": 100, "validations": 11, "images_per_class": 4}


def checksums(planted):
    """Return the checksums of the files whose content a seed decides: times differ."""
    files = read_log(planted.folder).files
    return sorted((f.table, f.step_min or 0, f.crc32) for f in files if f.table != "scalar")


def test_the_same_seed_writes_the_same_files(tmp_path):
    one, two = (write_planted_run(tmp_path, name, **SMALL) for name in "ab")
    other = write_planted_run(tmp_path, "c", seed=8, **SMALL)
    assert checksums(one) == checksums(two) != checksums(other)
    np.testing.assert_array_equal(one.scalars.values, two.scalars.values)


def test_a_run_written_bit_by_bit_is_the_same(tmp_path):
    whole = write_planted_run(tmp_path, "whole", **SMALL)
    live = open_planted_run(tmp_path, "live", **SMALL)
    for step in (3, 40, 41, 100):
        live.advance(step)
    assert checksums(live.finish()) == checksums(whole)


def test_a_name_that_is_taken_is_refused(tmp_path):
    write_plain_run(tmp_path, "a", steps=2)
    with pytest.raises(RunExistsError):
        write_plain_run(tmp_path, "a", steps=2)


def test_the_plan_is_kept_where_it_matters(tmp_path):
    planted = write_planted_run(tmp_path, "a", nan_at=30, spike_at=50, statistics=5, **SMALL)
    steps, loss = planted.scalars.of("train/loss")
    assert steps[np.isnan(loss)].tolist() == [30]
    assert steps[np.nanargmax(loss)] == 50
    assert np.nanmax(np.delete(loss, 49)) < 5
    assert planted.statistics_steps.tolist() == [25, 75]
    assert planted.validation_steps.tolist() == list(range(0, 101, 10))


def test_no_mistake_names_the_class_itself(tmp_path):
    results = write_planted_run(tmp_path, "a", **SMALL).results
    own = np.arange(10)[:, None, None]
    np.testing.assert_array_equal(results.predicted == own, results.right)


def test_ranks_count_from_one_and_keep_the_top_of_each_layer_and_of_all():
    changes = {1: np.arange(600.0), 2: np.array([1e6, -1.0])}
    top = rank_filters(5, changes).to_pydict()
    assert (top["layer"][0], top["filter"][0], top["rank_all"][0]) == (2, 0, 1)
    assert top["rank_all"][:512] == list(range(1, 513))
    assert (top["layer"][-1], top["filter"][-1], top["rank_layer"][-1]) == (2, 1, 2)


def test_the_weights_stand_still_until_the_first_step():
    walk = WeightWalk(1, 100, None)
    before = {layer: weights.copy() for layer, weights in walk.weights.items()}
    walk.advance(0)
    assert all((walk.weights[layer] == before[layer]).all() for layer in before)
    assert isinstance(walk.record("validation")["layer_stat"], pa.Table)


def test_more_classes_than_shapes_can_be_drawn(rng):
    assert draw_picture(37, rng).shape == (32, 32, 3)

"""Several layers are read at once, on the steps of the run, and equal what is read one by one."""

import numpy as np
import pytest

from data.demos import write_planted_run
from data.layer_series import SERIES_COLUMNS, read_layer_series, read_statistics_steps
from data.layers import read_layer_statistics
from data.network import read_operations
from data.store import open_run


def test_layers_read_together_are_those_read_one_by_one(run):
    columns = ("count", "mean", "q25", "bins", "lo", "hi", "relative")
    found = read_layer_series(run, [5, 1, 3], "weight", columns)
    assert found.layers.tolist() == [5, 1, 3]
    for layer in (5, 1, 3):
        one = read_layer_statistics(run, layer, "weight", "validation")
        mine = found.of(layer)
        np.testing.assert_array_equal(found.steps, one.steps)
        np.testing.assert_array_equal(mine["bins"], one.bins)
        for name in ("count", "mean", "q25", "lo", "hi", "relative"):
            np.testing.assert_array_equal(mine[name], one.columns[name])


def test_levels_and_kinds_without_rows_are_left_out(run):
    found = read_layer_series(run, [9, 0, 1], "weight", ["mean"])
    assert found.layers.tolist() == [0, 1]
    assert found.of(9) is None
    assert len(read_layer_series(run, [1], "activation", ["mean"]).layers) == 0


def test_a_window_of_steps(run, planted):
    first, last = planted.validation_steps[[5, 9]].tolist()
    found = read_layer_series(run, [1], "weight", ["mean"], first, last)
    np.testing.assert_array_equal(found.steps, planted.validation_steps[5:10])


def test_steps_between_validations_are_a_series_of_their_own(logdir):
    planted = write_planted_run(logdir, "both", validations=5, statistics=9)
    series, steps = read_statistics_steps(open_run("both"))
    assert series == "statistics"
    np.testing.assert_array_equal(steps, planted.statistics_steps)
    found = read_layer_series(open_run("both"), [1], "weight", ["change_share", "mean"])
    assert np.isnan(found.columns["change_share"]).all()
    assert np.isfinite(found.columns["mean"]).all()


def test_a_run_that_recorded_statistics_only_when_it_validated_shows_those(run, planted):
    series, steps = read_statistics_steps(run)
    assert series == "validation"
    np.testing.assert_array_equal(steps, planted.validation_steps)


def test_every_column_can_be_read_at_once(run):
    found = read_layer_series(run, [1, 2], "gradient", SERIES_COLUMNS)
    assert set(found.columns) == set(SERIES_COLUMNS)
    assert found.columns["bins"].shape == (2, 40, 64)


def test_a_column_that_does_not_exist_is_refused(run):
    with pytest.raises(ValueError, match="got 'mode'"):
        read_layer_series(run, [1], "weight", ["mode"])


def test_a_run_without_a_graph_has_no_operations(run):
    assert read_operations(run) == ()


def test_the_ends_of_a_damaged_file_are_steps_without_values(logdir):
    planted = write_planted_run(logdir, "hurt", validations=6)
    (file,) = (planted.folder / "layer_stat" / "L0").glob(f"{planted.validation_steps[3]:012d}-*")
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    found = read_layer_series(open_run("hurt"), [1], "weight", ["mean"])
    np.testing.assert_array_equal(found.steps, planted.validation_steps)
    assert np.isnan(found.columns["mean"][0]).tolist() == [place == 3 for place in range(6)]

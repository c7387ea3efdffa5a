"""Several layers and modules are read at once, on the steps of the run, as they were recorded."""

import numpy as np
import pytest

from data.demos import write_planted_run
from data.layer_series import LISTS, SERIES_COLUMNS, read_layer_series, read_statistics_steps
from data.network import read_operations
from data.store import open_run
from tests.epochscope.recording.reading import read_rows


@pytest.mark.parametrize("kind", ["weight", "gradient"])
def test_layers_and_modules_read_together_hold_their_rows(run, planted, kind):
    found = read_layer_series(run, [5, 0, 3], kind, SERIES_COLUMNS)
    assert found.layers.tolist() == [5, 0, 3]
    np.testing.assert_array_equal(found.steps, planted.validation_steps)
    for level in (5, 0, 3):
        rows = read_rows(planted.folder, "layer_stat", layer=level, kind=kind)
        rows.sort(key=lambda row: row["step"])
        mine = found.of(level)
        for name in SERIES_COLUMNS:
            missing = np.full(LISTS.get(name, ()), np.nan)
            values = [missing if row[name] is None else row[name] for row in rows]
            np.testing.assert_array_equal(mine[name], np.array(values, float), err_msg=name)


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

"""Filters move as was planted."""

import numpy as np
import pyarrow as pa
import pytest

from data.errors import NothingRecordedError
from data.layers import FILTER_COLUMNS, read_filter_statistics, read_top_filters
from data.planted_weights import LAYERS, describe_layers
from data.store import open_run
from epochscope.log_writer import LogWriter
from tests.data.planted_rows import rows_of, walk_again


def test_the_module_tree_is_as_recorded(run):
    assert [(row.layer, row.name, row.kind) for row in run.layers] == [
        (0, "features", "module"),
        (1, "features.conv1", "layer"),
        (2, "features.conv2", "layer"),
        (3, "features.conv3", "layer"),
        (4, "head", "module"),
        (5, "head.fc", "layer"),
    ]
    assert (run.layers[2].neurons, run.layers[2].shape, run.layers[2].parent) == (32, (32, 144), 0)


@pytest.mark.parametrize("name", ["mean", "change", "activation_max"])
def test_filter_statistics(run, planted, name):
    expected = rows_of(planted, "filter_stat", layer=3)
    values = [np.full(48, np.nan) if row[name] is None else row[name] for row in expected]
    found = read_filter_statistics(run, "features.conv3", [name], "validation")
    assert list(found.values) == [name]
    np.testing.assert_allclose(found.values[name], values, rtol=1e-3)


def test_every_filter_column_can_be_read_at_once(run):
    found = read_filter_statistics(run, 1, FILTER_COLUMNS, "validation")
    assert {values.shape for values in found.values.values()} == {(40, 16)}


def test_a_filter_column_that_does_not_exist_is_refused(run):
    with pytest.raises(ValueError, match="got 'median'"):
        read_filter_statistics(run, 1, ["median"])


def test_the_filters_that_jumped_are_the_top(run, planted):
    top = read_top_filters(run, planted.forgets[0], 2)
    assert top.layer.tolist() == [2, 2]
    assert sorted(top.filter.tolist()) == [2, 5]
    assert (top.rank_all.tolist(), top.rank_layer.tolist()) == ([1, 2], [1, 2])


def test_the_top_is_the_order_of_all_changes(run, planted):
    step = int(planted.validation_steps[30])
    rows = [
        row for at, tables in walk_again(planted) if at == step for row in tables["filter_stat"]
    ]
    changes = sorted((-c, row["layer"], f) for row in rows for f, c in enumerate(row["change"]))
    top = read_top_filters(run, step, 40)
    assert len(top.layer) == 40
    np.testing.assert_allclose(top.change, [-change for change, _, _ in changes[:40]], rtol=1e-3)
    found = list(zip(top.layer.tolist(), top.filter.tolist(), strict=True))
    assert found == [(layer, filter_) for _, layer, filter_ in changes[:40]]


def test_a_step_without_ranks_has_no_top(run):
    assert len(read_top_filters(run, 1).layer) == 0


def test_a_layer_that_is_not_there_is_named(run):
    with pytest.raises(NothingRecordedError, match="no layer 'conv9'"):
        read_filter_statistics(run, "conv9", ["mean"])


def test_nulls_are_nan_and_lists_that_are_null_are_rows_of_nan(logdir):
    writer = LogWriter.create(logdir / "a", {})
    writer.commit_meta({"layers": describe_layers()})
    for step, change, previous in ((0, None, None), (3, [0.5] * LAYERS[0].filters, 0)):
        row = {"step": step, "layer": 1, "series": "statistics", "previous_step": previous,
               **{name: [float(step)] * 16 for name in ("mean", "sd", "min", "max", "l2")},
               "change": change}  # fmt: skip
        writer.commit_step(step, {"filter_stat": pa.Table.from_pylist([row])})
    found = read_filter_statistics(open_run("a"), 1, ["mean", "change", "relative"])
    assert found.previous_steps.tolist() == [-1, 0]
    assert np.isnan(found.values["change"][0]).all()
    assert (found.values["change"][1] == 0.5).all()
    assert np.isnan(found.values["relative"]).all()
    assert found.values["mean"].tolist() == [[0.0] * 16, [3.0] * 16]

"""Filters are read across layers as they were planted."""

import numpy as np
import pytest

from data.errors import NothingRecordedError
from data.filters import (
    count_leading_filters,
    read_changes_at,
    read_filter_course,
    read_filter_courses,
    read_filter_probes,
    read_largest_changes,
)
from data.layers import read_filter_statistics
from data.planted_weights import LAYERS
from data.snapshots import list_snapshots, read_tensors


def recorded(run, layer, column):
    return read_filter_statistics(run, layer, [column], "validation")


@pytest.mark.parametrize("measure", ["change", "relative"])
def test_the_changes_of_one_step_are_those_of_every_layer(run, planted, measure):
    step = int(planted.validation_steps[7])
    found = read_changes_at(run, step, measure)
    for layer in LAYERS:
        mine = found.layer == layer.layer
        assert found.filter[mine].tolist() == list(range(layer.filters))
        wanted = recorded(run, layer.layer, measure).values[measure][7]
        np.testing.assert_array_equal(found.change[mine], wanted)


def test_no_filter_changes_where_nothing_was_validated(run):
    assert len(read_changes_at(run, 1).layer) == 0


@pytest.mark.parametrize("measure", ["change", "relative"])
def test_courses_are_those_of_the_asked_filters_in_their_order(run, planted, measure):
    layers, filters = [5, 2, 2, 3], [9, 31, 0, 47]
    found = read_filter_courses(run, layers, filters, measure)
    assert found.steps.tolist() == planted.validation_steps.tolist()
    for place, (layer, filter_) in enumerate(zip(layers, filters, strict=True)):
        wanted = recorded(run, layer, measure).values[measure][:, filter_]
        np.testing.assert_array_equal(found.change[place], wanted)


@pytest.mark.parametrize("measure", ["change", "relative"])
def test_the_largest_change_of_a_step_is_that_of_any_filter(run, planted, measure):
    steps, largest = read_largest_changes(run, measure)
    assert steps.tolist() == planted.validation_steps[1:].tolist()
    every = [recorded(run, layer.layer, measure).values[measure][1:].max(1) for layer in LAYERS]
    np.testing.assert_array_equal(largest, np.max(every, axis=0))


def test_a_course_holds_every_column_of_one_filter(run):
    course = read_filter_course(run, 2, 5)["validation"]
    for name in ("mean", "change", "activation_max"):
        wanted = recorded(run, 2, name).values[name][:, 5]
        np.testing.assert_array_equal(course.values[name], wanted)
    assert course.previous_steps[0] == -1


def test_probes_hold_whole_layers_at_the_asked_steps(run, planted):
    at = planted.validation_steps[[3, 9]].tolist()
    found = read_filter_probes(run, at)
    assert {(one.layer, one.step) for one in found} == {
        (layer.layer, step) for layer in LAYERS for step in at
    }
    one = next(one for one in found if one.layer == 3 and one.step == at[1])
    np.testing.assert_array_equal(one.relative, recorded(run, 3, "relative").values["relative"][9])


def test_leading_filters_are_counted_after_a_step(run, planted):
    after = int(planted.validation_steps[30])
    change = recorded(run, 2, "change").values["change"][31:]
    leads = np.argsort(-change, axis=1, kind="stable")[:, :2]
    wanted = {filter_: int((leads == filter_).sum()) for filter_ in np.unique(leads).tolist()}
    found = count_leading_filters(run, after, 10**9, {2: 2})
    assert {filter_: times for _, filter_, times, _ in found} == wanted
    assert {steps for *_, steps in found} == {len(change)}


def test_a_measure_that_does_not_exist_is_refused(run):
    with pytest.raises(ValueError, match="'angle'"):
        read_largest_changes(run, "angle")


def test_a_run_without_snapshots_has_none(run):
    assert len(list_snapshots(run)) == 0
    with pytest.raises(NothingRecordedError, match="no snapshot of step 0"):
        read_tensors(run, 0, ["parameters/weight"])

"""Where steps lie on an axis of epochs or of time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.step_axis import STEP_AXIS, build_epoch_axis, build_time_axis


def test_without_knots_a_step_lies_at_itself():
    np.testing.assert_array_equal(STEP_AXIS.place(np.array([3, 7])), [3.0, 7.0])


def test_an_epoch_is_whole_at_its_first_step():
    axis = build_epoch_axis(np.array([1, 101, 201]), np.array([0.0, 1.0, 2.0]), last=250)
    np.testing.assert_allclose(axis.place(np.array([1, 51, 101, 201])), [0, 0.5, 1, 2])


def test_an_epoch_under_way_goes_on_at_the_pace_of_the_last():
    axis = build_epoch_axis(np.array([1, 101]), np.array([0.0, 1.0]), last=150)
    np.testing.assert_allclose(axis.place(np.array([151])), [1.5])


def test_the_first_epoch_is_the_steps_seen_so_far():
    axis = build_epoch_axis(np.array([1]), np.array([0.0]), last=50)
    np.testing.assert_allclose(axis.place(np.array([1, 51])), [0, 1])


def test_rows_of_every_step_place_as_those_of_the_changes():
    steps = np.arange(1, 301)
    every = build_epoch_axis(steps, (steps - 1) // 100, last=300)
    changes = build_epoch_axis(np.array([1, 101, 201]), np.array([0.0, 1.0, 2.0]), last=300)
    np.testing.assert_allclose(every.place(steps), changes.place(steps))


def test_without_epochs_the_axis_is_the_step():
    assert build_epoch_axis(np.empty(0, np.int64), np.empty(0), last=9) is STEP_AXIS


def test_time_runs_in_seconds_from_the_first_row():
    times = np.array(["2026-01-01T00:00:00", "2026-01-01T00:00:10"], "datetime64[us]")
    axis = build_time_axis(np.array([5, 25]), times)
    np.testing.assert_allclose(axis.place(np.array([5, 15, 25])), [0, 5, 10], atol=1e-4)


def test_a_clock_set_back_stands_still():
    seconds = np.array([0, 10, 4, 12]) * np.timedelta64(1_000_000, "us")
    axis = build_time_axis(np.array([0, 1, 2, 3]), np.datetime64("2026-01-01", "us") + seconds)
    np.testing.assert_allclose(axis.place(np.arange(4)), [0, 10, 10, 12], atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=1_500),
    st.lists(st.floats(-100, 5_000), min_size=1, max_size=20),
)
def test_finding_undoes_placing(gaps, asked):
    steps = np.cumsum(gaps)
    times = np.datetime64("2026-01-01", "us") + (steps * 30_000).astype("timedelta64[us]")
    axis = build_time_axis(steps, times)
    asked = np.array(asked)
    np.testing.assert_allclose(axis.find(axis.place(asked)), asked, atol=1e-3)

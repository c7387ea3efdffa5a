"""What was logged step by step is read as it was logged."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.demos import write_plain_run
from data.errors import NothingRecordedError
from data.scalars import (
    MOST_STAGES,
    Stage,
    read_curve_names,
    read_epoch_steps,
    read_events,
    read_recorded_steps,
    read_series,
    read_stages,
    read_values_at,
)
from data.store import open_run
from epochscope.log_writer import LogWriter

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def log(writer, name, values):
    writer.add_scalars([(step, name, value, NOW) for step, value in values])


def literal_values_at(scalars, names, step):
    found = {}
    for name in names:
        steps, values = scalars.of(name)
        earlier = [(s, v) for s, v in zip(steps, values, strict=True) if s <= step]
        if earlier:
            found[name] = max(earlier)
    return found


def test_names_are_sorted(run):
    assert read_curve_names(run) == [
        "epoch", "lr/all", "train/error", "train/loss", "validation/error", "validation/loss",
    ]  # fmt: skip


def test_a_series_is_every_value(run, planted):
    steps, values = planted.scalars.of("validation/loss")
    series = read_series(run, "validation/loss")
    np.testing.assert_array_equal(series.steps, steps)
    np.testing.assert_array_equal(series.values, values)
    pauses = np.diff(series.times) / np.timedelta64(1, "s")
    np.testing.assert_allclose(pauses, np.diff(steps) * planted.plan.step_seconds, atol=1e-5)


def test_a_series_keeps_values_that_are_not_finite(logdir):
    writer = LogWriter.create(logdir / "a", {})
    log(writer, "x", [(1, math.nan), (2, math.inf), (3, -math.inf), (4, 0.1)])
    writer.flush()
    np.testing.assert_array_equal(read_series(open_run("a"), "x").values, [math.nan, math.inf, -math.inf, 0.1])  # fmt: skip


@pytest.mark.parametrize("step", [0, 1, 77, 2_000, 3_999, 4_000, 9_999])
def test_the_newest_value_at_a_step(run, planted, step):
    names = ["validation/error", "train/loss", "lr/all"]
    expected = literal_values_at(planted.scalars, names, step)
    assert read_values_at(run, names, step) == expected


def test_a_name_that_was_never_logged_has_no_value(run):
    assert read_values_at(run, ["no such"], 100) == {}


def test_a_name_that_was_never_logged_has_no_series(run):
    with pytest.raises(NothingRecordedError, match="'no such'"):
        read_series(run, "no such")


def test_stages_last_until_the_rate_changes(run, planted):
    thirds = [1, 4_000 // 3, 2 * 4_000 // 3]
    ends = [thirds[1] - 1, thirds[2] - 1, 4_000]
    expected = [
        Stage("all", first, last, rate)
        for first, last, rate in zip(thirds, ends, planted.plan.learning_rates, strict=True)
    ]
    assert read_stages(run) == expected


def test_a_rate_written_at_each_step_has_the_same_stages(logdir):
    writer = LogWriter.create(logdir / "a", {})
    log(writer, "lr/bias", [(step, 0.1 if step < 5 else 0.01) for step in range(1, 9)])
    log(writer, "lr/all", [(1, 0.3)])
    writer.flush()
    assert read_stages(open_run("a")) == [
        Stage("all", 1, 8, 0.3),
        Stage("bias", 1, 4, 0.1),
        Stage("bias", 5, 8, 0.01),
    ]


def test_a_continuous_schedule_has_no_stages(logdir):
    writer = LogWriter.create(logdir / "a", {})
    log(writer, "lr/all", [(step, 1 / (step + 1)) for step in range(MOST_STAGES + 1)])
    writer.flush()
    assert read_stages(open_run("a")) == []


def test_epochs_begin_where_the_logged_epoch_changes(logdir):
    writer = LogWriter.create(logdir / "a", {})
    log(writer, "epoch", [(step, (step - 1) // 4) for step in range(1, 13)])
    writer.flush()
    steps, epochs = read_epoch_steps(open_run("a"))
    assert (steps.tolist(), epochs.tolist()) == ([1, 5, 9], [0, 1, 2])


def test_recorded_steps_by_series(planted_runs, run, planted):
    np.testing.assert_array_equal(read_recorded_steps(run), planted.validation_steps)
    np.testing.assert_array_equal(read_recorded_steps(run, "validation"), planted.validation_steps)
    assert read_recorded_steps(run, "statistics").tolist() == []


def test_a_run_of_scalars_only_has_no_recorded_steps(runs):
    assert read_recorded_steps(open_run("plain")).tolist() == []


def test_events_in_order_sealed_or_not(logdir):
    writer = LogWriter.create(logdir / "a", {})
    writer.add_event(7, "spike", "leapt", {"value": 3.5}, NOW)
    writer.flush()
    writer._seal()
    writer.add_event(9, "note", "later", {}, NOW + timedelta(seconds=2))
    writer.add_event(2, "note", "earlier", {}, NOW + timedelta(seconds=1))
    writer.flush()
    events = read_events(open_run("a"))
    assert [(event.step, event.kind, event.message) for event in events] == [
        (2, "note", "earlier"),
        (7, "spike", "leapt"),
        (9, "note", "later"),
    ]
    assert (events[1].detail, events[1].time) == ({"value": 3.5}, NOW)
    assert [event.step for event in read_events(open_run("a"), 3, 7)] == [7]


def test_a_spike_of_one_step_among_a_million_is_there(logdir):
    write_plain_run(logdir, "long", steps=1_000_000, spike_at=654_321, nan_at=900_001)
    run = open_run("long")
    from data.scalars import read_curve

    curve = read_curve(run, "train/loss")
    assert (curve.rows, len(curve.high)) == (1_000_000, 600)
    assert curve.high_steps[np.nanargmax(curve.high)] == 654_321
    assert (curve.bad.sum(), curve.first_bad.step) == (1, 900_001)
    for zoom in (100_000, 1_000):
        curve = read_curve(run, "train/loss", 654_321 - zoom, 654_321 + zoom)
        assert curve.high_steps[np.nanargmax(curve.high)] == 654_321

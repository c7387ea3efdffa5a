"""A summary says what the run comes to."""

import math
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from data.demos import open_planted_run, write_plain_run
from data.store import list_runs, open_run
from epochscope.log_writer import LogWriter

NOW = datetime.now(UTC)


def summary(name):
    return {run.name: run for run in list_runs()}[name]


def last(planted, name):
    return planted.scalars.of(name)[1][-1]


def test_a_finished_run(runs, planted):
    found = summary("planted")
    assert (found.state, found.step, found.total_steps) == ("finished", 4_000, 4_000)
    assert (found.class_count, found.image_count) == (10, 240)
    assert (found.has_predictions, found.has_scores) == (True, False)
    assert found.parameters == 16 * 27 + 32 * 144 + 48 * 288 + 10 * 48
    assert found.config["lr"] == 0.1
    assert found.heartbeat_age_seconds is None
    assert found.damaged_files == ()
    for name in ("train/loss", "validation/loss", "train/error", "validation/error"):
        assert getattr(found, name.replace("/", "_")) == last(planted, name)
    assert found.first_bad is None


def test_the_gap_is_taken_at_the_last_validation(logdir):
    writer = LogWriter.create(logdir / "a", {})
    rows = [(4, "train/error", 0.2), (10, "validation/error", 0.5), (12, "train/error", 0.1)]
    writer.add_scalars([(*row, NOW) for row in rows])
    writer.flush()
    assert summary("a").gap == pytest.approx(0.3)


def test_without_a_validation_there_is_no_gap(logdir):
    writer = LogWriter.create(logdir / "a", {})
    writer.add_scalars([(4, "train/error", 0.2, NOW)])
    writer.flush()
    assert (summary("a").gap, summary("a").validation_error) == (None, None)


def test_the_size_is_that_of_the_files(runs, planted):
    committed = [f for folder in ("layer_stat", "filter_stat", "filter_top", "class_stat", "scalar",
                                  "event", "meta", "snapshots")
                 for f in (planted.folder / folder).rglob("*") if f.is_file()]  # fmt: skip
    assert summary("planted").bytes == sum(file.stat().st_size for file in committed)


def test_the_first_bad_value_of_any_scalar(runs):
    bad = summary("project/failing").first_bad
    assert (bad.name, bad.step, bad.value) == ("train/loss", 726, "NaN")


def test_a_last_value_may_be_bad(logdir):
    writer = LogWriter.create(logdir / "a", {})
    writer.add_scalars([(1, "train/loss", 1.0, NOW), (2, "train/loss", math.inf, NOW)])
    writer.flush()
    assert summary("a").train_loss == math.inf
    assert summary("a").first_bad.value == "+Inf"


def test_a_run_that_scores(runs):
    found = summary("scores")
    assert (found.has_predictions, found.has_scores) == (False, True)
    assert found.validation_loss is not None
    assert found.validation_error is None


def test_a_run_of_scalars_only(runs):
    found = summary("plain")
    assert (found.class_count, found.has_predictions, found.parameters) == (0, False, None)


def test_newest_first(logdir):
    for name, day in (("old", 1), ("new", 3), ("middle", 2)):
        write_plain_run(logdir, name, steps=2, created=datetime(2026, 1, day, tzinfo=UTC))
    assert [run.name for run in list_runs()] == ["new", "middle", "old"]


def test_dropped_steps_are_counted(logdir):
    writer = LogWriter.create(logdir / "a", {})
    writer.add_event(3, "dropped", "", {}, NOW)
    writer.flush()
    writer._seal()
    writer.add_event(4, "dropped", "", {}, NOW)
    writer.add_event(5, "note", "", {}, NOW)
    writer.flush()
    assert summary("a").dropped_steps == 2


def test_a_running_then_finished_run(logdir):
    live = open_planted_run(logdir, steps=100, validations=3, images_per_class=2)
    live.advance(40)
    found = summary("live")
    assert (found.state, found.step) == ("running", 40)
    assert found.heartbeat_age_seconds < 10
    live.finish("failed", "interrupted by the user")
    found = summary("live")
    assert (found.state, found.reason) == ("failed", "interrupted by the user")


def test_a_run_whose_heartbeat_is_old_at_first_sight_has_crashed(logdir):
    live = open_planted_run(logdir, steps=100, validations=3, images_per_class=2)
    live.advance(40)
    path = live.planted.folder / "heartbeat.json"
    then = datetime.now(UTC) - timedelta(seconds=60)
    text = path.read_text()
    start = text.index('"time": "') + 9
    path.write_text(text[:start] + then.isoformat() + text[text.index('"', start) :])
    found = summary("live")
    assert found.state == "crashed"
    assert found.step == 40
    assert f"{then:%Y-%m-%d %H:%M:%S} UTC" in found.reason


def test_a_run_that_beats_without_stepping_has_stalled(logdir):
    created = datetime.now(UTC) - timedelta(seconds=60)
    live = open_planted_run(
        logdir, steps=100, validations=3, images_per_class=2, created=created, step_seconds=0.1
    )
    live.advance(40)
    found = summary("live")
    assert found.state == "stalled"
    assert "a step usually takes 0.1 s" in found.reason


def test_the_parameters_of_tied_layers_count_once(logdir):
    from data.planted_weights import describe_layers

    writer = LogWriter.create(logdir / "a", {})
    table = describe_layers()
    tied = [None, None, None, 2, None, None]
    writer.commit_meta({"layers": table.set_column(
        table.column_names.index("tied_to"), "tied_to", pa.array(tied, pa.int32()))})  # fmt: skip
    assert summary("a").parameters == 16 * 27 + 32 * 144 + 10 * 48


def test_a_summary_is_that_of_the_list(runs):
    assert open_run("planted").summary() == summary("planted")

"""A run that grows is followed: only what is new is read, and nothing is lost or doubled."""

import os

import numpy as np
import pyarrow as pa

from data.classes import read_class_curves
from data.demos import open_planted_run
from data.following import FollowedRun
from data.scalars import read_curve, read_recorded_steps, read_series
from data.store import list_runs, open_run
from epochscope.compaction import compact
from epochscope.log_writer import LogWriter


def test_what_is_written_is_there_at_the_next_look(logdir):
    live = open_planted_run(logdir, steps=300, validations=31, images_per_class=2)
    versions = set()
    for step in (40, 41, 120, 300):
        live.advance(step)
        run = open_run("live")
        versions.add(run.version)
        steps, values = live.planted.scalars.between(0, step).of("train/loss")
        series = read_series(run, "train/loss")
        np.testing.assert_array_equal(series.steps, steps)
        np.testing.assert_array_equal(series.values, values)
        validated = live.planted.validation_steps
        np.testing.assert_array_equal(read_recorded_steps(run), validated[validated <= step])
        assert len(read_class_curves(run).steps) == (validated <= step).sum()
        assert run.summary().step == step
    assert len(versions) == 4
    live.finish()
    assert read_curve(open_run("live"), "train/loss").rows == 300


def test_the_version_stays_where_nothing_was_written(logdir):
    live = open_planted_run(logdir, steps=300, validations=3, images_per_class=2)
    live.advance(100)
    before = open_run("live").version
    live.writer.beat(100, 300)
    assert open_run("live").version == before
    live.writer.add_scalars([(101, "x", 1.0, live._created)])
    assert open_run("live").version == before  # in the writer's memory only
    live.writer.flush()
    assert open_run("live").version != before


def test_every_commit_but_a_compaction_changes_the_version(logdir):
    folder = logdir / "a"
    writer = LogWriter.create(folder, {})
    row = {"step": 0, "layer": 0, "filter": 2, "change": 0.5, "rank_layer": 1, "rank_all": 1}
    versions = [open_run("a").version]

    def look():
        versions.append(open_run("a").version)

    for step in range(40):
        writer.commit_step(step, {"filter_top": pa.Table.from_pylist([{**row, "step": step}])})
        look()
    writer.commit_meta({"graph.json": b"{}"})
    look()
    writer.commit_snapshot(39, b"weights")
    look()
    writer.close("finished")
    look()
    assert len(set(versions)) == len(versions) == 44
    assert compact(folder) > 0
    assert open_run("a").version == versions[-1]
    LogWriter.resume(folder, 20)
    look()
    assert versions[-1] not in versions[:-1]


def test_an_opened_run_does_not_change_under_a_request(logdir):
    live = open_planted_run(logdir, steps=300, validations=3, images_per_class=2)
    live.advance(100)
    run = open_run("live")
    live.advance(200)
    open_run("live")
    assert read_series(run, "train/loss").steps[-1] == 100


def test_only_new_commit_records_and_journal_bytes_are_read(logdir):
    live = open_planted_run(logdir, steps=300, validations=31, images_per_class=2)
    live.advance(100)
    followed = FollowedRun(live.planted.folder)
    before = followed.look()
    # What was read is spoilt: whoever reads it again would notice.
    for record in (live.planted.folder / "_log").iterdir():
        record.write_bytes(b"spoilt")
    (journal,) = (live.planted.folder / "journal").iterdir()
    with journal.open("r+b") as file:
        file.write(bytes(journal.stat().st_size))
    live.advance(200)
    after = followed.look()
    assert after.state.problems == ()
    assert len(after.state.files) > len(before.state.files)
    names, steps = (after.tail.scalars.column(name).to_pylist() for name in ("name", "step"))
    losses = [step for name, step in zip(names, steps, strict=True) if name == "train/loss"]
    assert losses == list(range(1, 201))


def test_where_nothing_changed_nothing_is_read(logdir):
    live = open_planted_run(logdir, steps=300, validations=3, images_per_class=2)
    live.advance(100)
    live.finish()
    followed = FollowedRun(live.planted.folder)
    long_ago = 1_700_000_000
    os.utime(live.planted.folder / "_log", (long_ago, long_ago))
    before = followed.look()
    for record in (live.planted.folder / "_log").iterdir():
        record.write_bytes(b"spoilt")
    assert followed.look().state is before.state


def test_rows_are_neither_lost_nor_doubled_when_a_journal_is_sealed(logdir):
    live = open_planted_run(logdir, steps=300, validations=3, images_per_class=2)
    live.advance(100)
    assert read_curve(open_run("live"), "train/loss").rows == 100
    live.writer._seal()
    assert read_curve(open_run("live"), "train/loss").rows == 100
    live.advance(150)
    assert read_curve(open_run("live"), "train/loss").rows == 150


def test_a_resumed_run_shows_what_its_last_attempt_left(logdir):
    from epochscope.log_writer import LogWriter

    live = open_planted_run(logdir, steps=300, validations=31, images_per_class=2)
    live.advance(200)
    open_run("live").summary()
    writer = LogWriter.resume(live.planted.folder, 100)
    writer.beat(100, 300)
    run = open_run("live")
    assert read_series(run, "train/loss").steps[-1] == 100
    assert read_recorded_steps(run)[-1] == 100
    assert read_class_curves(run).steps[-1] == 100
    assert run.summary().step == 100
    writer.add_scalars([(101, "train/loss", 0.5, live._created)])
    writer.flush()
    assert read_series(open_run("live"), "train/loss").values[-1] == 0.5


def test_a_run_without_a_first_step_waits(logdir):
    open_planted_run(logdir, steps=300, validations=3, images_per_class=2)
    (found,) = list_runs()
    assert (found.state, found.step, found.total_steps) == ("waiting", 0, 300)
    assert (found.class_count, found.image_count) == (10, 20)

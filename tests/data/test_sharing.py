"""Servers that share a log do no harm: to a read-only one, and to each other."""

import multiprocessing
import threading

import numpy as np

from data import compactor
from data.classes import read_class_curves
from data.compactor import Compactor
from data.demos import open_planted_run, write_planted_run
from data.memory import forget_all
from data.scalars import read_recorded_steps, read_series
from data.store import open_run

SIZES = {"steps": 400, "validations": 36, "images_per_class": 4}


def list_tree(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_read_only_log_is_served_uncompacted(open_folder, as_other_user):
    planted = write_planted_run(open_folder, "a", **SIZES)
    for path in [planted.folder, *planted.folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = list_tree(open_folder)
    found = as_other_user(
        "run = store.open_run('a')\n"
        "print(store.list_runs()[0].state, compactor.Compactor().compact_once(),\n"
        "      classes.read_class_curves(run).right.sum(), scalars.read_curve(run, 'train/loss').rows)",
        open_folder,
    )
    assert found.split() == ["finished", "0", str(float(planted.results.right.sum())), "400"]
    assert list_tree(open_folder) == before


def test_reading_writes_nothing(logdir):
    write_planted_run(logdir, "a", **SIZES)
    before = list_tree(logdir)
    run = open_run("a")
    run.summary()
    read_class_curves(run)
    assert list_tree(logdir) == before


def test_compaction_changes_no_answer(logdir):
    planted = write_planted_run(logdir, "a", **SIZES)
    before = open_run("a")
    curves, steps = read_class_curves(before), read_recorded_steps(before)
    assert before.summary().bytes == sum(file.bytes for file in before.state.files)
    assert Compactor().compact_once() > 0
    after = open_run("a")
    assert after.version == before.version
    assert len(after.state.of("class_stat")) < len(before.state.of("class_stat"))
    assert after.summary().bytes == sum(file.bytes for file in after.state.files)
    assert after.summary().bytes < before.summary().bytes
    forget_all()
    after.followed.forget()
    np.testing.assert_array_equal(read_class_curves(after).right, curves.right)
    np.testing.assert_array_equal(read_recorded_steps(after), steps)
    np.testing.assert_array_equal(steps, planted.validation_steps)
    assert Compactor().compact_once() == 0


def test_files_that_were_merged_are_collected_once_no_reader_has_them(logdir, monkeypatch):
    collected, clock = [], [1000.0]
    monkeypatch.setattr(compactor, "collect_garbage", collected.append)
    monkeypatch.setattr(compactor, "monotonic", lambda: clock[0])
    planted = write_planted_run(logdir, "a", **SIZES)
    looking = Compactor()
    for later, calls in ((0, 1), (30, 1), (600, 1), (100, 2), (100, 2), (10_000, 2)):
        clock[0] += later
        looking.compact_once()
        assert collected == [planted.folder] * calls


def test_what_cannot_be_collected_is_not_tried_at_every_look(logdir, monkeypatch, caplog):
    clock = [1000.0]
    monkeypatch.setattr(compactor, "monotonic", lambda: clock[0])
    write_planted_run(logdir, "a", **SIZES)
    looking = Compactor()
    assert looking.compact_once() > 0

    def refuse(folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compactor, "collect_garbage", refuse)
    for _ in range(3):
        clock[0] += 800
        looking.compact_once()
    assert len(caplog.records) == 1


def compact_in_turn(start, folder, counts):
    import os

    os.environ["EPOCHSCOPE_LOGDIR"] = str(folder)
    start.wait()
    counts.put(sum(Compactor().compact_once() for _ in range(3)))


def test_two_servers_compact_one_growing_log(logdir):
    live = open_planted_run(logdir, **SIZES)
    live.advance(380)
    context = multiprocessing.get_context("spawn")
    start, counts = context.Barrier(3), context.Queue()
    servers = [
        context.Process(target=compact_in_turn, args=(start, logdir, counts)) for _ in range(2)
    ]
    for server in servers:
        server.start()
    start.wait()
    live.advance(400)
    live.finish()
    for server in servers:
        server.join()
    assert sum(counts.get(timeout=5) for _ in servers) > 0
    run = open_run("live")
    truth = live.planted
    np.testing.assert_array_equal(read_class_curves(run).right, truth.results.right.sum(axis=2).T)
    np.testing.assert_array_equal(read_series(run, "train/loss").values, truth.scalars.of("train/loss")[1])  # fmt: skip
    assert run.damaged() == ()
    assert [server.exitcode for server in servers] == [0, 0]


def test_many_requests_read_while_the_run_grows_and_is_compacted(logdir):
    live = open_planted_run(logdir, **SIZES)
    live.advance(100)
    wrong, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            run = open_run("live")
            steps = read_series(run, "train/loss").steps
            right = read_class_curves(run).right
            truth = live.planted.results.right.sum(axis=2).T[: len(right)]
            if not (np.array_equal(steps, np.arange(1, len(steps) + 1)) and (right == truth).all()):
                wrong.append((steps, right))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for step in range(110, 401, 10):
        live.advance(step)
    live.finish()
    Compactor().compact_once()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_compactor_stops_when_told(logdir):
    compactor = Compactor(every_seconds=0.01)
    compactor.start()
    write_planted_run(logdir, "a", **SIZES)
    compactor.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "compactor"]


def test_damage_in_one_run_does_not_keep_another_from_being_compacted(logdir, caplog):
    for name in ("a", "b"):
        write_planted_run(logdir, name, **SIZES)
    for path in (logdir / "a" / "class_stat" / "L0").iterdir():
        path.write_bytes(b"damaged")
    (logdir / "c").mkdir()
    (logdir / "c" / "run.json").write_text("{")
    compactor = Compactor()
    compactor.compact_once()
    assert len(open_run("b").state.of("class_stat")) < SIZES["validations"]
    warned = len(caplog.records)
    assert compactor.compact_once() == 0
    assert len(caplog.records) == warned  # said once, not every half minute

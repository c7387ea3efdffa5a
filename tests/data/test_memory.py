"""What is asked of a run again is not read again, until the run changes."""

import threading
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from data import memory, run_files
from data.answers import read_answers
from data.classes import read_class_curves, read_class_images
from data.errors import NothingRecordedError
from data.filter_pixels import read_filter_pixels
from data.layer_series import read_layer_series
from data.layers import read_filter_statistics, read_top_filters
from data.memory import find_arrays, keep
from data.store import open_run
from epochscope.log_writer import LogWriter

INDEXES = {
    "statistics": lambda run: read_layer_series(run, [1], "weight", ("mean", "bins")),
    "filters": lambda run: read_filter_statistics(run, 1, ["change"], series="validation"),
    "pixels": lambda run: read_filter_pixels(run, [1]),
    "top": lambda run: read_top_filters(run, 20),
    "class": lambda run: read_class_images(run, 3),
    "curves": read_class_curves,
    "answers": read_answers,
}


@pytest.fixture
def asked(monkeypatch):
    """The readings of Parquet files: the look-ups, and the queries that reach DuckDB."""
    memory.forget_all()
    names = []

    def note(name):
        real = getattr(run_files, name)

        def read(*given):
            names.append(name)
            return real(*given)

        monkeypatch.setattr(run_files, name, read)

    note("look_up")
    note("run_query")
    return names


@pytest.mark.parametrize("index", INDEXES)
def test_an_index_is_read_once_and_shared_for_reading_only(runs, asked, index):
    found = INDEXES[index](open_run("planted"))
    assert asked
    asked.clear()
    assert INDEXES[index](open_run("planted")) is found
    assert asked == []
    for array in find_arrays(found):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_what_was_asked_otherwise_is_read(runs, asked):
    run = open_run("planted")
    one = read_layer_series(run, [1], "weight", ["mean"])
    for other in (
        read_layer_series(run, [2], "weight", ["mean"]),
        read_layer_series(run, [1], "bias", ["mean"]),
        read_layer_series(run, [1], "weight", ["mean", "sd"]),
        read_layer_series(run, [1], "weight", ["mean"], first=20),
        read_layer_series(run, [1], "weight", ["mean"], last=20),
        read_layer_series(open_run("plain"), [1], "weight", ["mean"]),
    ):
        assert other is not one
    assert read_layer_series(run, np.array([1]), "weight", ("mean",)) is one


def test_a_run_that_goes_on_is_read_anew(logdir, asked):
    writer = LogWriter.create(logdir / "a", {})

    def commit(step):
        row = {"step": step, "layer": 0, "filter": 2, "change": 0.5, "rank_layer": 1, "rank_all": 1}
        writer.commit_step(step, {"filter_top": pa.Table.from_pylist([row])})

    commit(1)
    assert read_top_filters(open_run("a"), 2).filter.tolist() == []
    commit(2)
    assert read_top_filters(open_run("a"), 2).filter.tolist() == [2]


def test_what_failed_is_asked_again(runs, asked):
    for _ in range(2):
        asked.clear()
        with pytest.raises(NothingRecordedError):
            read_class_images(open_run("planted"), 10_000)


def test_requests_that_ask_at_the_same_time_wait_for_one_reading(runs):
    begun, go_on = threading.Event(), threading.Event()
    readings, found = [], []

    @keep
    def read_slowly(run):
        readings.append(run)
        begun.set()
        go_on.wait(10)
        return np.arange(3)

    threads = [
        threading.Thread(target=lambda: found.append(read_slowly(open_run("planted"))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(readings) == 1
    assert len(found) == 3
    assert all(each is found[0] for each in found)


def test_memory_is_bounded_and_the_oldest_goes_first(runs, monkeypatch):
    @dataclass(frozen=True)
    class Wide:
        values: np.ndarray

    readings = []

    @keep
    def read_wide(run, number, megabytes):
        readings.append(number)
        return Wide(np.zeros(megabytes << 20, np.uint8))

    run = open_run("planted")
    memory.forget_all()
    for number in range(5):
        read_wide(run, number, 60)
    read_wide(run, 4, 60)
    assert readings == [0, 1, 2, 3, 4]
    read_wide(run, 0, 60)
    assert readings == [0, 1, 2, 3, 4, 0]
    assert memory._memory.currsize <= memory.BYTES
    wider = memory.BYTES // (1 << 20) + 1
    assert len(read_wide(run, 9, wider).values) == wider << 20  # too much to keep: given, not kept
    read_wide(run, 9, wider)
    assert readings[-2:] == [9, 9]
    memory.forget_all()

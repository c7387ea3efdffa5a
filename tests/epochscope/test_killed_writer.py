"""Real processes: one writes until it is killed, others read and compact meanwhile."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from epochscope.compaction import collect_garbage, compact
from epochscope.log_reader import read_log, read_table, read_tail
from epochscope.log_writer import LogWriter
from epochscope.verify import verify

ROOT = Path(__file__).parents[2]
TABLES = ("class_stat", "filter_top", "layer_stat")

WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import pyarrow as pa
from epochscope import log_writer
from epochscope.log_reader import read_log
from epochscope.log_writer import LogWriter

log_writer.SEAL_ROWS = 200
folder = Path(sys.argv[1])
steps = [file.step_max for file in read_log(folder).of("class_stat")]
writer = LogWriter.resume(folder, max(steps)) if steps else LogWriter.create(folder, {})
for step in range(max(steps, default=-1) + 1, 1_000_000):
    layer = {"step": [step], "layer": [0], "kind": ["weight"], "series": ["statistics"],
             "count": [1], "nan": [0], "pos_inf": [0], "neg_inf": [0], "sampled": [False]}
    top = {"step": [step], "layer": [0], "filter": [1], "change": [0.5], "rank_layer": [1],
           "rank_all": [1]}
    writer.add_scalars([(step, "train/loss", 0.5, datetime.now(UTC)) for _ in range(9)])
    writer.flush()
    print("flushed", step, flush=True)
    writer.commit_step(step, {
        "layer_stat": pa.table(layer),
        "filter_top": pa.table(top),
        "class_stat": pa.table({"step": [step] * 2, "class": [0, 1], "n": [5, 5]}),
    })
    writer.beat(step, None)
    print("recorded", step, flush=True)
"""


@pytest.fixture
def start(folder):
    """Starts a process that records a step every few milliseconds; it never outlives the test."""
    started = []

    def begin():
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.stdout.close()
        process.wait()


def run_and_kill(process, lines):
    """Kill the process after it said so many lines; return the last steps flushed and recorded."""
    said = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    said += process.stdout.read().splitlines()
    process.wait()
    last = dict(line.split() for line in said[-4:] if len(line.split()) == 2)
    return int(last["flushed"]), int(last["recorded"])


def steps_by_table(folder, state):
    return {
        table: {
            step
            for file in state.of(table)
            for step in range(file.step_min, file.step_max + 1)  # a step a record, without gaps
        }
        for table in TABLES
    }


def scalar_steps(folder, state):
    sealed = [read_table(folder, file)["step"].to_pylist() for file in state.of("scalar")]
    tail = read_tail(folder, state).scalars["step"].to_pylist()
    return [step for steps in (*sealed, tail) for step in steps]


def test_a_kill_costs_nothing_that_was_said_to_be_written(folder, start):
    """Ten kills at random moments; each attempt goes on where the one before was killed."""
    rng = np.random.default_rng(7)
    for attempt in range(1, 11):
        flushed, recorded = run_and_kill(start(), int(rng.integers(4, 30)))
        state = read_log(folder)
        assert state.attempt == attempt
        assert state.problems == ()
        steps = steps_by_table(folder, state)
        assert steps["class_stat"] == steps["filter_top"] == steps["layer_stat"]
        assert set(range(recorded + 1)) <= steps["class_stat"] <= set(range(recorded + 2))
        scalars = scalar_steps(folder, state)
        assert set(scalars) >= set(range(flushed + 1))
        assert set(Counter(scalars).values()) == {9}
        assert verify(folder).damage == ()


def test_a_reader_never_sees_part_of_a_step_while_others_write_and_compact(folder, start):
    process = start()
    while process.stdout.readline() != "recorded 40\n":
        pass
    state, polls, compacted, began = None, 0, 0, time.monotonic()
    while time.monotonic() < began + 3 or (compacted <= 3 and time.monotonic() < began + 30):
        state = read_log(folder, state)
        steps = steps_by_table(folder, state)
        assert steps["class_stat"] == steps["filter_top"] == steps["layer_stat"]
        assert steps["class_stat"] == set(range(len(steps["class_stat"])))
        for table in TABLES:
            files = state.of(table)
            assert sum(file.rows for file in files) == len(steps[table]) * (
                2 if table == "class_stat" else 1
            )
            assert set(read_table(folder, files[0])["step"].to_pylist()) <= steps[table]
        polls += 1
        if polls % 5 == 0:
            compacted += compact(folder)
            collect_garbage(folder, older_than_seconds=2)
    process.kill()
    process.wait()
    assert compacted > 3
    assert read_log(folder) == read_log(folder, state)
    assert verify(folder).damage == ()


COMPACT = """
import sys
from pathlib import Path
from epochscope.compaction import compact
print("ready", flush=True)
compact(Path(sys.argv[1]))
"""


def test_a_killed_compactor_leaves_every_row_and_no_lease(recorded, draw_step):
    rng = np.random.default_rng(7)
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", COMPACT, str(recorded)], cwd=ROOT, stdout=subprocess.PIPE
        )
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.15))
        process.kill()
        process.communicate()
        state = read_log(recorded)
        for table in draw_step(0):
            assert sum(file.rows for file in state.of(table)) == 70 * 3
        assert verify(recorded).damage == ()
    compact(recorded)
    assert all(len(read_log(recorded).of(table)) == 2 + 6 for table in draw_step(0))


def test_two_writers_of_one_run_never_mix(folder, start):
    process = start()
    while process.stdout.readline() != "recorded 5\n":
        pass
    resumed = LogWriter.resume(folder, 3)
    process.stdout.read()  # ends, since its next commit is refused
    assert process.wait() == 1
    assert read_log(folder).last_step == 3
    assert resumed.attempt == 2

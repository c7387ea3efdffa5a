"""A recording that is killed at any moment opens, and lost no more than is promised."""

import os
import random
import signal
import subprocess
import sys
import time
from threading import Event, Thread

import pytest

from epochscope.log_reader import read_heartbeat, read_log, read_tail
from epochscope.log_writer import LogWriter
from tests.epochscope.recording.reading import read_rows

KILLS = 50
TOGETHER = 5  # trainings at a time
PROMISED = 1.0  # seconds after which a scalar is safe


class Yardstick(Thread):
    """Commits a step in a log of its own again and again: what the disk takes for it right now."""

    def __init__(self, folder, draw_step):
        super().__init__()
        self.draw_step = draw_step
        self.writer = LogWriter.create(folder, {})
        self.took = []  # (when it began, seconds), of every commit
        self.over = Event()

    def run(self):
        while not self.over.wait(0.1):
            began = time.time()
            self.writer.commit_step(len(self.took), self.draw_step(len(self.took)))
            self.took.append((began, time.time() - began))

    def longest(self, moment):
        """Seconds of the longest commit that began in the five seconds before a moment."""
        return max((took for began, took in self.took if moment - 5 < began < moment), default=0.0)


def turns():
    """Seconds that a busy machine may add: a thread that should run waits for its turn."""
    return 0.5 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.fixture(scope="module")
def killed(tmp_path_factory, draw_step):
    """Folders of runs that were killed, each with the time before which all must be safe."""
    folder = tmp_path_factory.mktemp("killed")
    template = [sys.executable, "-m", "tests.epochscope.recording.killed_training"]
    rng = random.Random(11)
    found = []
    yardstick = Yardstick(folder / "yardstick", draw_step)
    yardstick.start()
    with subprocess.Popen(
        template, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forge:
        for first in range(0, KILLS, TOGETHER):
            due = []
            for number in range(first, first + TOGETHER):
                run = folder / f"run{number}"
                forge.stdin.write(f"{run}\n")
                forge.stdin.flush()
                due.append((time.time() + rng.uniform(0.4, 5.0), int(forge.stdout.readline()), run))
            for moment, process, run in sorted(due):
                time.sleep(max(0.0, moment - time.time()))
                os.kill(process, signal.SIGKILL)
                found.append((run, time.time(), turns()))
        forge.stdin.close()
        forge.wait(20)
    yardstick.over.set()
    yardstick.join()
    # A step that comes while others are being committed waits for two commits.
    return [
        (run, moment - PROMISED - busy - 2 * yardstick.longest(moment))
        for run, moment, busy in found
    ]


def notes_of(run):
    path = run.with_suffix(".notes")
    lines = path.read_text().splitlines() if path.exists() else []
    return {int(step): float(moment) for step, moment in map(str.split, lines)}


def test_every_run_opens_and_is_neither_finished_nor_damaged(killed):
    assert len(killed) == KILLS
    opened = [run for run, _ in killed if (run / "run.json").exists()]
    assert len(opened) > KILLS * 0.8
    for run in opened:
        log = read_log(run)
        assert log.end is None
        assert log.problems == ()
        for table in {file.table for file in log.files} & {
            "layer_stat",
            "filter_stat",
            "class_stat",
        }:
            assert read_rows(run, table)


def test_no_scalar_is_lost_whose_call_returned_a_second_before(killed):
    checked = 0
    for run, moment in killed:
        notes = notes_of(run)
        safe = {step for step, returned in notes.items() if returned < moment}
        if safe:
            log = read_log(run)
            kept = {row["step"] for row in read_rows(run, "scalar", name="train/loss")}
            tail = read_tail(run, log).scalars.to_pylist()
            kept |= {row["step"] for row in tail if row["name"] == "train/loss"}
            assert safe <= kept
            checked += 1
    assert checked > KILLS / 10


def test_no_recorded_step_is_lost_but_the_one_being_written(killed):
    for run, moment in killed:
        notes = notes_of(run)
        settled = [step for step, returned in notes.items() if returned < moment]
        if settled:
            due = {
                step for step in settled if step % 10 == 0 or step in (1, 2, 4, 8, 16, 32, 64, 128)
            }
            rows = read_rows(run, "layer_stat", kind="weight", series="statistics", layer=1)
            steps = [row["step"] for row in rows]
            missing = due - set(steps)
            assert len(missing) <= 1
            assert all(step > max(steps) for step in missing)
            # Nothing is torn: every step has both layers and the model, and points to the one before.
            assert len(read_rows(run, "layer_stat", kind="weight", series="statistics")) == 3 * len(
                steps
            )
            assert [row["previous_step"] for row in rows] == [None, *steps[:-1]]


def test_the_heartbeat_tells_whose_run_it_was(killed):
    for run, _ in killed:
        beat = read_heartbeat(run) if (run / "run.json").exists() else None
        assert beat is None or beat.step >= 0

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from epochscope.commit_log import CHECKPOINT_EVERY
from epochscope.log_files import LogError
from epochscope.log_reader import read_log, read_table
from epochscope.log_writer import LogWriter
from epochscope.verify import verify


@pytest.fixture(scope="module")
def sound(tmp_path_factory, draw_step, time_of):
    """A run with every kind of file that is still being written."""
    folder = tmp_path_factory.mktemp("sound") / "run"
    writer = LogWriter.create(folder, {})
    for step in (0, 10, 20):
        writer.commit_step(step, draw_step(step))
    writer.commit_snapshot(20, b"tensors")
    writer.commit_meta({"classes": pa.table({"class": [0], "name": ["cat"], "images": [5]})})
    for step in range(3):
        writer.add_scalars([(step, "train/loss", 0.5, time_of(step))])
        writer.flush()
    writer.beat(20, 100)
    return folder


@pytest.fixture
def run(sound, folder):
    return Path(shutil.copytree(sound, folder))


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_sound_run_has_no_damage(run):
    report = verify(run)
    assert (report.damage, report.leavings) == ((), ())


def test_every_kind_of_file_is_named_when_one_bit_of_it_flips(run):
    rng = np.random.default_rng(7)
    kinds = {path.relative_to(run).parts[0] for path in files_of(run)}
    assert kinds >= {"_log", "class_stat", "heartbeat.json", "journal", "meta", "snapshots"}
    for path in files_of(run):
        whole = path.read_bytes()
        if path.name in ("run.json", "heartbeat.json"):
            path.write_bytes(whole[: len(whole) // 2])  # they carry no checksum
        else:
            flip(path, int(rng.integers(len(whole))))
        name = path.relative_to(run).as_posix()
        assert [problem.path for problem in verify(run).damage] == [name]
        path.write_bytes(whole)


def test_every_committed_file_is_named_when_it_is_missing(run):
    for file in read_log(run).files:
        (run / file.path).rename(run / "away")
        (problem,) = verify(run).damage
        assert (problem.path, problem.reason) == (file.path, "is missing")
        (run / "away").rename(run / file.path)


def test_says_which_table_and_which_steps_are_lost(run):
    (file,) = read_log(run).of("class_stat", 10, 10)
    flip(run / file.path, 100)
    (problem,) = verify(run).damage
    assert problem.lost == "3 rows of class_stat, step 10"
    with pytest.raises(LogError, match=r"is damaged \(its checksum is wrong\)"):
        read_table(run, file)


def test_says_which_rows_of_a_journal_are_lost(run):
    (journal,) = (run / "journal").iterdir()
    flip(journal, journal.stat().st_size // 2)
    (problem,) = verify(run).damage
    assert problem.lost == "rows of scalar or event that were logged between step 0 and step 2"


def test_names_the_files_that_a_damaged_record_may_have_added(run):
    (file,) = read_log(run).of("snapshot")
    flip(run / "_log" / f"{3:020d}.json", 50)
    report = verify(run)
    (problem,) = report.damage
    assert problem.lost.endswith(f": any of {file.path}")
    assert report.leavings == (f"{file.path} is in no commit record",)


def test_a_record_that_a_checkpoint_covers_costs_nothing(folder, writer):
    for step in range(CHECKPOINT_EVERY):
        writer.commit_snapshot(step, b"tensors")
    flip(folder / "_log" / f"{3:020d}.json", 50)
    (problem,) = verify(folder).damage
    assert problem.lost == "nothing: a checkpoint says the same"
    assert len(read_log(folder).files) == CHECKPOINT_EVERY


def test_what_a_crash_leaves_is_no_damage(run):
    (journal,) = (run / "journal").iterdir()
    journal.write_bytes(journal.read_bytes()[:-7])
    (run / "class_stat" / "L0" / "000000000030-r0000-12345678.parquet").write_bytes(b"whole")
    (run / "layer_stat" / "L0" / "x.parquet.12345678.tmp").write_bytes(b"half")
    report = verify(run)
    assert report.damage == ()
    assert len(report.leavings) == 3
    assert any("torn frame" in leaving for leaving in report.leavings)


def test_a_log_of_a_newer_schema_is_said_to_be_unreadable(run):
    (run / "run.json").write_text(json.dumps({"schema": 9}))
    (problem,) = verify(run).damage
    assert "install the newer version" in problem.reason

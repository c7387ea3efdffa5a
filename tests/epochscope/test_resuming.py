import shutil
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from epochscope.compaction import collect_garbage, compact
from epochscope.log_files import LogError
from epochscope.log_reader import read_log, read_table, read_tail
from epochscope.log_writer import LogWriter, SupersededError
from epochscope.verify import verify


def record(writer, draw_step, time_of, steps):
    for step in steps:
        writer.commit_step(step, draw_step(step))
        writer.add_scalars([(step, "train/loss", float(step), time_of(step))])
        writer.flush()


@pytest.fixture(scope="module")
def forty(tmp_path_factory, draw_step, time_of):
    folder = tmp_path_factory.mktemp("forty") / "run"
    writer = LogWriter.create(folder, {})
    record(writer, draw_step, time_of, range(40))
    writer.commit_snapshot(10, b"early")
    writer.commit_snapshot(30, b"late")
    return folder


@pytest.fixture
def crashed(forty, folder):
    """A run of 40 recorded steps whose scalars are still in the journal; its process is gone."""
    return Path(shutil.copytree(forty, folder))


def seen_steps(folder, table):
    state = read_log(folder)
    rows = [step for f in state.of(table) for step in read_table(folder, f)["step"].to_pylist()]
    if table == "scalar":
        rows += read_tail(folder, state).scalars["step"].to_pylist()
    return sorted(set(rows))


def test_without_a_step_training_goes_on_after_the_last_one(crashed):
    resumed = LogWriter.resume(crashed, None)
    assert (resumed.attempt, resumed.last_step) == (2, 39)
    assert seen_steps(crashed, "scalar") == list(range(40))
    assert seen_steps(crashed, "class_stat") == list(range(40))


def test_an_ended_run_goes_on_from_an_earlier_step_in_the_files_it_was_merged_into(crashed):
    LogWriter.resume(crashed, None).close("finished")
    compact(crashed)
    before = {file.table: file for file in read_log(crashed).files}
    LogWriter.resume(crashed, 20)
    for table in ("layer_stat", "filter_stat", "class_stat", "filter_top"):
        (file,) = read_log(crashed).of(table)
        rows = read_table(crashed, before[table])
        kept = rows.filter(pc.less_equal(rows["step"], 20))
        assert read_table(crashed, file).to_pylist().__repr__() == kept.to_pylist().__repr__()
        assert (file.step_min, file.step_max, file.rows) == (0, 20, kept.num_rows)
        assert file.level == before[table].level
    layers = pq.ParquetFile(crashed / read_log(crashed).of("filter_stat")[0].path)
    assert layers.metadata.num_row_groups == 3


@pytest.mark.parametrize("compacted", [False, True])
def test_what_lies_after_the_step_is_hidden(crashed, compacted):
    if compacted:
        compact(crashed)
    resumed = LogWriter.resume(crashed, 20)
    assert resumed.last_step == 20
    for table in ("scalar", "layer_stat", "filter_stat", "class_stat", "filter_top"):
        assert seen_steps(crashed, table) == list(range(21))
    assert [file.step_min for file in read_log(crashed).of("snapshot")] == [10]
    assert read_log(crashed).last_step == 20


def test_a_reader_that_follows_sees_the_same_as_one_that_begins_anew(crashed):
    state = read_log(crashed)
    tail = read_tail(crashed, state)
    LogWriter.resume(crashed, 20)
    followed = read_log(crashed, state)
    assert followed == read_log(crashed)
    assert read_tail(crashed, followed, tail).scalars.num_rows == 0


def test_hidden_files_are_kept_for_ever(crashed, draw_step):
    compact(crashed)
    hidden = {file.path for file in read_log(crashed).of("class_stat", 21)}
    LogWriter.resume(crashed, 20)
    collect_garbage(crashed, older_than_seconds=-1)
    assert all((crashed / path).exists() for path in hidden)
    assert verify(crashed).damage == ()


def test_steps_are_recorded_again_after_a_resume(crashed, draw_step, time_of):
    resumed = LogWriter.resume(crashed, 20)
    resumed.commit_step(21, draw_step(21))
    resumed.commit_snapshot(30, b"again")
    resumed.add_scalars([(21, "train/loss", -1.0, time_of(21))])
    resumed.close("finished")
    assert seen_steps(crashed, "scalar") == list(range(22))
    assert seen_steps(crashed, "filter_stat") == list(range(22))
    (_, late) = read_log(crashed).of("snapshot")
    assert (crashed / late.path).read_bytes() == b"again"


def test_an_end_is_forgotten_by_the_next_attempt(folder, writer):
    writer.close("failed", "out of memory")
    LogWriter.resume(folder, None)
    assert read_log(folder).end is None
    assert LogWriter.resume(folder, None).attempt == 3


def test_a_writer_of_an_earlier_attempt_is_stopped(folder, writer, draw_step, time_of):
    record(writer, draw_step, time_of, range(4))
    LogWriter.resume(folder, 2)
    with pytest.raises(SupersededError, match=r"attempt 2 .* has begun"):
        writer.commit_step(4, draw_step(4))
    assert seen_steps(folder, "class_stat") == [0, 1, 2]


def test_flushes_of_an_earlier_attempt_are_not_seen(folder, writer, draw_step, time_of):
    record(writer, draw_step, time_of, range(4))
    LogWriter.resume(folder, 2)
    writer.add_scalars([(99, "train/loss", 0.0, time_of(99))])
    writer.flush()
    assert seen_steps(folder, "scalar") == [0, 1, 2]


def test_a_damaged_journal_is_sealed_without_its_damage(crashed):
    (journal,) = (crashed / "journal").iterdir()
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    LogWriter.resume(crashed, None)
    assert len(seen_steps(crashed, "scalar")) == 39
    (problem,) = verify(crashed).damage
    assert problem.path == f"journal/{journal.name}"
    collect_garbage(crashed, older_than_seconds=-1)
    assert journal.exists()


def test_a_damaged_file_does_not_stop_a_resume(crashed):
    compact(crashed)
    (file,) = [file for file in read_log(crashed).of("class_stat") if file.level == 1]
    (crashed / file.path).write_bytes(b"garbage")
    LogWriter.resume(crashed, 20)
    assert seen_steps(crashed, "layer_stat") == list(range(21))
    assert seen_steps(crashed, "class_stat") == []
    assert [problem.path for problem in verify(crashed).damage] == [file.path]


def test_a_folder_without_a_run_cannot_be_resumed(tmp_path):
    with pytest.raises(LogError, match="holds no run to resume"):
        LogWriter.resume(tmp_path, None)

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from epochscope import log_writer
from epochscope.journal import JournalFile
from epochscope.log_files import LogError
from epochscope.log_reader import (
    find_runs,
    is_run,
    read_file,
    read_heartbeat,
    read_log,
    read_run_facts,
    read_table,
    read_tail,
)
from epochscope.log_writer import LogWriter, RunExistsError

CLASSES = pa.table({"class": [0, 1], "name": ["cat", "dog"], "images": [3, 4]})


def test_a_new_run_holds_its_facts(folder, writer):
    facts = read_run_facts(folder)
    assert facts["config"] == {"lr": 0.1}
    assert facts["schema"] == 1
    assert facts["pid"] == os.getpid()
    assert is_run(folder)


def test_refuses_a_folder_that_holds_a_run_and_says_what_to_do(folder, writer):
    with pytest.raises(RunExistsError, match=r"give another path, or resume=True"):
        LogWriter.create(folder, {})


def test_a_kill_before_the_first_file_does_not_block_the_folder(folder):
    (folder / "_log").mkdir(parents=True)
    LogWriter.create(folder, {})
    assert is_run(folder)


def test_runs_are_found_in_the_order_of_their_names(tmp_path):
    for name in ("b", "a/deep", "a/run"):
        LogWriter.create(tmp_path / name, {})
    found = [path.relative_to(tmp_path).as_posix() for path in find_runs(tmp_path)]
    assert found == ["a/deep", "a/run", "b"]


def test_runs_behind_links_are_found_once_even_where_a_link_leads_back(tmp_path):
    LogWriter.create(tmp_path / "elsewhere" / "run", {})
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "logs" / "round").symlink_to(tmp_path / "logs")
    found = [path.relative_to(tmp_path).as_posix() for path in find_runs(tmp_path / "logs")]
    assert found == ["logs/linked/run"]


def test_a_recorded_step_appears_with_all_its_tables(folder, writer, draw_step):
    tables = draw_step(7)
    writer.commit_step(7, tables)
    state = read_log(folder)
    assert {file.table for file in state.files} == set(tables)
    assert state.last_step == 7
    for file in state.files:
        assert read_table(folder, file)["step"].to_pylist() == [7] * tables[file.table].num_rows


def test_staged_steps_appear_together_with_the_rows_of_each(folder, writer, draw_step, tmp_path):
    for step in (7, 8, 11):
        writer.stage_step(step, draw_step(step))
    assert read_log(folder).files == ()
    writer.commit_staged()
    state = read_log(folder)
    alone = LogWriter.create(tmp_path / "alone", {})
    for step in (7, 8, 11):
        alone.commit_step(step, draw_step(step))
    for name in draw_step(7):
        (file,) = state.of(name)
        assert (file.step_min, file.step_max) == (7, 11)
        files = read_log(alone.folder).of(name)
        each = pa.concat_tables([read_table(alone.folder, one) for one in files])
        # Written out: NaN equals itself there.
        assert str(read_table(folder, file).to_pylist()) == str(each.to_pylist())
    writer.commit_staged()
    assert read_log(folder) == state


def test_staged_steps_are_written_before_a_run_ends(folder, writer, draw_step):
    writer.stage_step(7, draw_step(7))
    writer.close("finished")
    assert {file.step_max for file in read_log(folder).files} == {7}


def count_seconds(monkeypatch):
    """Let the writer's clock stand, at what the list returned holds."""
    now = [100.0]
    monkeypatch.setattr("epochscope.log_writer.clock.monotonic", lambda: now[0])
    return now


def slow_down(monkeypatch, now, seconds):
    """Let every sync take so long by that clock."""
    real = os.fsync

    def sync(descriptor):
        now[0] += seconds
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)


def test_steps_gather_for_as_long_as_a_commit_takes(writer, draw_step, monkeypatch):
    now = count_seconds(monkeypatch)
    slow_down(monkeypatch, now, 0.02)
    assert not writer.has_gathered()
    writer.stage_step(1, draw_step(1))
    assert writer.has_gathered()  # no commit has told yet how long one takes
    began = now[0]
    writer.commit_staged()
    took = now[0] - began
    writer.stage_step(2, draw_step(2))
    assert 0 < took < 1
    assert not writer.has_gathered()
    now[0] += took - 0.001
    assert not writer.has_gathered()
    now[0] += 0.002
    assert writer.has_gathered()


def test_steps_gather_for_a_second_at_most_after_the_disk_stood_still(
    writer, draw_step, monkeypatch
):
    now = count_seconds(monkeypatch)
    with monkeypatch.context() as slow:
        slow_down(slow, now, 60)
        writer.commit_step(1, draw_step(1))
    writer.stage_step(2, draw_step(2))
    now[0] += 0.9
    assert not writer.has_gathered()
    now[0] += 0.2
    assert writer.has_gathered()


def test_files_are_found_by_their_steps(folder, writer, draw_rows):
    for step in (0, 10, 20, 30):
        writer.commit_step(step, {"layer_stat": draw_rows("layer_stat", step)})
    state = read_log(folder)
    found = [file.step_min for file in state.of("layer_stat", 10, 20)]
    assert found == [10, 20]
    assert [file.step_min for file in state.of("layer_stat", 11)] == [20, 30]
    assert state.of("filter_stat") == ()


def test_meta_may_be_given_again(folder, writer):
    writer.commit_meta({"classes": CLASSES, "graph.json": b"{}"})
    writer.commit_meta({"classes": CLASSES.slice(0, 1)})
    state = read_log(folder)
    (classes,) = state.of("classes")
    assert read_table(folder, classes)["name"].to_pylist() == ["cat"]
    assert [read_file(folder, file) for file in state.of("graph")] == [b"{}"]


def test_a_snapshot_is_found_by_its_step(folder, writer):
    writer.commit_snapshot(40, b"tensors")
    (file,) = read_log(folder).of("snapshot", 40, 40)
    assert file.path == "snapshots/000000000040.safetensors"
    assert read_file(folder, file) == b"tensors"


def test_scalars_are_read_once_flushed_before_and_after_they_are_sealed(folder, writer, time_of):
    writer.add_scalars([(step, "train/loss", step / 2, time_of(step)) for step in range(5)])
    assert read_tail(folder, read_log(folder)).scalars.num_rows == 0
    writer.flush()
    tail = read_tail(folder, read_log(folder))
    assert tail.scalars["value"].to_pylist() == [0, 0.5, 1, 1.5, 2]
    writer.close("finished")
    state = read_log(folder)
    assert read_tail(folder, state).scalars.num_rows == 0
    (file,) = state.of("scalar")
    assert read_table(folder, file).equals(tail.scalars)


def test_nan_and_infinity_are_values_like_others(folder, writer, time_of):
    values = [math.nan, math.inf, -math.inf, 1e300]
    writer.add_scalars([(step, "x", value, time_of(0)) for step, value in enumerate(values)])
    writer.close("finished")
    (file,) = read_log(folder).of("scalar")
    found = read_table(folder, file)["value"].to_pylist()
    assert found == pytest.approx(values, nan_ok=True)


def test_the_tail_is_read_on_from_its_cursor(folder, writer, time_of):
    tail = None
    for step in range(4):
        writer.add_scalars([(step, "train/loss", 0.0, time_of(step))])
        writer.add_event(step, "note", "hello", {"at": step}, time_of(step))
        writer.flush()
        tail = read_tail(folder, read_log(folder), tail)
        assert tail.scalars["step"].to_pylist() == list(range(step + 1))
        assert [json.loads(text)["at"] for text in tail.events["detail"].to_pylist()] == list(
            range(step + 1)
        )
    (cursor,) = tail.cursor.values()
    (journal,) = (folder / "journal").iterdir()
    assert cursor == journal.stat().st_size


def test_a_full_journal_is_sealed_and_no_row_is_seen_twice(folder, writer, time_of):
    rows = log_writer.SEAL_ROWS // 2 + 1
    state, tail = read_log(folder), None
    for part in range(3):
        writer.add_scalars([(part * rows + row, "x", 0.0, time_of(0)) for row in range(rows)])
        writer.flush()
        state = read_log(folder, state)
        tail = read_tail(folder, state, tail)
        sealed = sum(file.rows for file in state.of("scalar"))
        assert sealed + tail.scalars.num_rows == (part + 1) * rows
    assert sealed == 2 * rows


def test_an_old_journal_is_sealed(folder, writer, time_of, monkeypatch):
    monkeypatch.setattr(log_writer, "SEAL_SECONDS", 0.0)
    writer.add_scalars([(0, "x", 0.0, time_of(0))])
    writer.flush()
    assert [file.rows for file in read_log(folder).of("scalar")] == [1]


def test_rows_stay_in_memory_while_the_disk_is_full(folder, writer, time_of, monkeypatch):
    def refuse(self, frames):
        raise OSError(28, "No space left on device")

    writer.add_scalars([(0, "x", 0.0, time_of(0))])
    with monkeypatch.context() as full:
        full.setattr(JournalFile, "append", refuse)
        with pytest.raises(OSError, match="No space left"):
            writer.flush()
    writer.flush()
    assert read_tail(folder, read_log(folder)).scalars.num_rows == 1


def test_a_heartbeat_is_replaced(folder, writer):
    assert read_heartbeat(folder) is None
    writer.beat(3, 100)
    writer.beat(4, 100)
    beat = read_heartbeat(folder)
    assert (beat.step, beat.total_steps, beat.pid) == (4, 100, os.getpid())
    (folder / "heartbeat.json").write_text("{")
    assert read_heartbeat(folder) is None


@pytest.mark.parametrize("word", ["finished", "failed"])
def test_the_end_of_a_run_is_told(folder, writer, draw_rows, word):
    assert read_log(folder).end is None
    writer.commit_step(6, {"layer_stat": draw_rows("layer_stat", 6)})
    writer.close(word, "out of memory")
    end = read_log(folder).end
    assert (end.state, end.message, end.step) == (word, "out of memory", 6)


def test_a_run_of_a_newer_schema_says_what_to_do(folder, writer):
    (folder / "run.json").write_text(json.dumps({"schema": 2}))
    with pytest.raises(LogError, match=r"newer Epochscope .*install the newer version"):
        read_run_facts(folder)


def test_facts_that_are_damaged_are_named(folder, writer):
    (folder / "run.json").write_text("{")
    with pytest.raises(LogError, match=r"run\.json cannot be read"):
        read_run_facts(folder)


def test_a_log_is_read_without_torch_or_duckdb():
    code = "import sys, epochscope.log_reader, epochscope.schema, epochscope.compaction; "
    code += "sys.exit(bool({'torch', 'duckdb', 'pandas'} & set(sys.modules)))"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0

import json
import os
import socket
import threading
import time

import pyarrow as pa
import pytest

from epochscope import compaction
from epochscope.compaction import LeaseHeldError, collect_garbage, compact
from epochscope.lease import LEASE, hold_lease
from epochscope.log_files import LogError
from epochscope.log_reader import read_log, read_table
from epochscope.log_writer import LogWriter
from epochscope.schema import TABLES
from epochscope.verify import verify


def record(writer, draw_step, steps):
    for step in steps:
        writer.commit_step(step, draw_step(step))


def rows_by_table(folder, state):
    found = {}
    for name in TABLES:
        tables = [read_table(folder, file) for file in state.of(name)]
        if tables:
            keys = [(key, "ascending") for key in (*TABLES[name].sort, "step")]
            found[name] = pa.concat_tables(tables).sort_by(keys).combine_chunks()
    return found


def test_compaction_changes_no_row(recorded):
    before = rows_by_table(recorded, read_log(recorded))
    assert compact(recorded) == 2 * 4
    after = rows_by_table(recorded, read_log(recorded))
    for name, rows in before.items():
        assert rows.to_pylist().__repr__() == after[name].to_pylist().__repr__()


def test_files_hold_32_recorded_steps_in_the_order_of_their_table(recorded):
    compact(recorded)
    files = read_log(recorded).of("class_stat")
    assert [file.level for file in files] == [0] * 6 + [1, 1]
    assert [(f.step_min, f.step_max) for f in files if f.level == 1] == [(0, 310), (320, 630)]
    rows = read_table(recorded, files[-1])
    order = [(row["class"], row["step"]) for row in rows.to_pylist()]
    assert order == sorted(order)
    assert len(set(order)) == 32 * 3


def test_eight_files_of_32_steps_become_one(folder, writer, draw_rows):
    for step in range(260):
        writer.commit_step(step, {"filter_top": draw_rows("filter_top", step)})
    compact(folder)
    assert sorted(file.level for file in read_log(folder).files) == [0] * 4 + [2]


def test_two_commits_of_one_step_go_into_one_file(folder, writer, draw_rows):
    for step in range(33):
        for _ in range(2):
            writer.commit_step(step, {"layer_stat": draw_rows("layer_stat", step)})
    compact(folder)
    merged = [file for file in read_log(folder).files if file.level == 1]
    assert [(file.step_min, file.step_max, file.rows) for file in merged] == [(0, 31, 32 * 2 * 3)]


def test_what_is_left_over_is_merged_once_the_run_has_ended(recorded, draw_step):
    LogWriter.resume(recorded, None).close("finished")
    compact(recorded)
    assert all(len(read_log(recorded).of(name)) == 1 for name in draw_step(0))
    assert compact(recorded) == 0


def test_a_table_of_an_ended_run_becomes_one_file_however_often_it_goes_on(
    folder, writer, draw_rows
):
    def go_on(writer, first):
        for step in range(first, first + 300):
            writer.commit_step(step, {"class_stat": draw_rows("class_stat", step)})
        writer.close("finished")
        compact(folder)
        (file,) = read_log(folder).of("class_stat")
        rows = [(row["class"], row["step"]) for row in read_table(folder, file).to_pylist()]
        assert rows == [(class_, step) for class_ in range(3) for step in range(first + 300)]
        return file.level

    assert go_on(writer, 0) == 3
    assert go_on(LogWriter.resume(folder, None), 300) == 3
    assert compact(folder) == 0


def test_a_large_table_of_an_ended_run_stays_in_files_that_fit_in_memory(
    folder, writer, draw_rows, monkeypatch
):
    for step in range(300):
        writer.commit_step(step, {"class_stat": draw_rows("class_stat", step)})
    writer.close("finished")
    compact(folder)
    (file,) = read_log(folder).of("class_stat")
    monkeypatch.setattr(compaction, "BYTES_OF_L3", file.bytes)  # a byte too few for one more step
    writer = LogWriter.resume(folder, None)
    writer.commit_step(300, {"class_stat": draw_rows("class_stat", 300)})
    writer.close("finished")
    assert compact(folder) == 0
    assert sorted(file.level for file in read_log(folder).of("class_stat")) == [0, 3]


def test_files_are_not_replaced_by_one_that_lacks_rows_of_theirs(
    folder, writer, draw_step, monkeypatch
):
    record(writer, draw_step, range(32))
    before = read_log(folder).files
    real = compaction.merge_files
    monkeypatch.setattr(
        compaction, "merge_files", lambda *given: (part.slice(1) for part in real(*given))
    )
    with pytest.raises(LogError, match="'layer_stat' do not hold the rows that were written"):
        compact(folder)
    assert read_log(folder).files == before


def test_merged_files_live_on_until_they_are_collected(folder, writer, draw_step):
    record(writer, draw_step, range(32))
    before = read_log(folder)
    compact(folder)
    assert collect_garbage(folder) == 0
    assert all((folder / file.path).exists() for file in before.files)
    assert collect_garbage(folder, older_than_seconds=-1) == len(before.files)
    assert verify(folder).damage == ()
    assert rows_by_table(folder, read_log(folder))["class_stat"].num_rows == 32 * 3


def test_garbage_is_what_no_record_names(folder, writer, draw_step, time_of):
    record(writer, draw_step, range(2))
    writer.add_scalars([(0, "x", 0.0, time_of(0))])
    writer.flush()
    (folder / "class_stat" / "L0" / "orphan.parquet").write_bytes(b"half a step")
    (folder / "class_stat" / "L0" / "x.parquet.12345678.tmp").write_bytes(b"half a file")
    assert collect_garbage(folder) == 0
    assert collect_garbage(folder, older_than_seconds=-1) == 2
    assert verify(folder).leavings == ()


def test_orphans_are_kept_while_a_record_is_damaged(folder, writer, draw_step):
    record(writer, draw_step, range(3))
    (folder / "_log" / f"{1:020d}.json").write_bytes(b"{}")
    assert collect_garbage(folder, older_than_seconds=-1) == 0


def test_a_damaged_file_is_left_where_it_is(folder, writer, draw_step):
    record(writer, draw_step, range(33))
    (damaged,) = read_log(folder).of("class_stat", 5, 5)
    (folder / damaged.path).write_bytes(b"garbage")
    compact(folder)
    state = read_log(folder)
    assert [f.path for f in state.of("class_stat") if f.level == 0] == [damaged.path]
    assert [problem.path for problem in verify(folder).damage] == [damaged.path]


def test_one_process_at_a_time_compacts(folder, writer):
    with hold_lease(folder), pytest.raises(LeaseHeldError, match=f"process {os.getpid()} on"):
        compact(folder)
    assert compact(folder) == 0


@pytest.mark.parametrize("content", [b"{", {"host": socket.gethostname(), "pid": 2**22 + 1}])
def test_the_lease_of_a_dead_process_is_taken_over(folder, writer, content):
    data = content if isinstance(content, bytes) else json.dumps({**content, "id": "x"}).encode()
    (folder / LEASE).write_bytes(data)
    assert compact(folder) == 0
    assert not (folder / LEASE).exists()


def test_a_lease_that_nobody_renews_runs_out(folder, writer):
    (folder / LEASE).write_text(json.dumps({"host": "elsewhere", "pid": 1, "id": "x"}))
    with pytest.raises(LeaseHeldError):
        compact(folder)
    os.utime(folder / LEASE, (0, time.time() - 700))
    assert compact(folder) == 0


def test_a_lease_that_is_broken_while_it_is_renewed_stops_nothing(folder, writer, monkeypatch):
    path = folder / LEASE
    real = os.utime

    def utime(*given):
        path.unlink()
        real(*given)

    with hold_lease(folder) as lease:
        monkeypatch.setattr(os, "utime", utime)
        lease.renew()
    assert not path.exists()


def test_two_compactors_at_once_lose_and_double_nothing(recorded):
    # Each breaks the other's lease, as happens when clocks differ: commits must still decide.
    before = rows_by_table(recorded, read_log(recorded))
    written = []

    def race():
        for _ in range(6):
            (recorded / LEASE).unlink(missing_ok=True)
            try:
                written.append(compact(recorded))
            except LeaseHeldError:
                continue

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = rows_by_table(recorded, read_log(recorded))
    assert sum(written) == 2 * 4
    assert {name: rows.num_rows for name, rows in before.items()} == {
        name: rows.num_rows for name, rows in after.items()
    }
    assert verify(recorded).damage == ()
    assert verify(recorded).leavings == ()

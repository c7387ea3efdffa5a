import json
import threading
from dataclasses import replace

import pytest

from epochscope.commit_log import CHECKPOINT_EVERY, Draft, check_checkpoints, commit, read_commits
from epochscope.log_files import LogError, checksum
from epochscope.log_state import LogFile, LogState


def file_of(number):
    return LogFile("scalar", f"scalar/L0/{number}.parquet", 1, 10, number, number, 7)


def add(folder, state, number):
    return commit(folder, state, Draft("record", 1, number, [file_of(number)]))


def fill(folder, count):
    (folder / "_log").mkdir(parents=True, exist_ok=True)
    state = LogState()
    for number in range(count):
        state = add(folder, state, number)
    return state


def record(folder, seq):
    return folder / "_log" / f"{seq:020d}.json"


def test_a_reader_finds_what_the_writer_committed(tmp_path):
    assert fill(tmp_path, 5) == read_commits(tmp_path)


def test_a_folder_without_records_is_an_empty_log(tmp_path):
    assert read_commits(tmp_path) == LogState()


def test_reading_on_gives_the_same_as_reading_anew(tmp_path):
    state = fill(tmp_path, 3)
    before = read_commits(tmp_path)
    add(tmp_path, add(tmp_path, state, 3), 4)
    assert read_commits(tmp_path, before) == read_commits(tmp_path)


def test_a_long_log_is_read_from_its_newest_checkpoint(tmp_path):
    state = fill(tmp_path, 2 * CHECKPOINT_EVERY + 3)
    for seq in range(2 * CHECKPOINT_EVERY):
        record(tmp_path, seq).write_bytes(b"never read")
    assert read_commits(tmp_path) == state


def test_a_damaged_checkpoint_is_named_and_costs_nothing(tmp_path):
    state = fill(tmp_path, 2 * CHECKPOINT_EVERY + 3)
    path = tmp_path / "_log" / f"{2 * CHECKPOINT_EVERY - 1:020d}.checkpoint.json"
    path.write_bytes(path.read_bytes().replace(b"scalar/L0/5.", b"scalar/L0/6."))
    assert read_commits(tmp_path) == state
    (problem,) = check_checkpoints(tmp_path)
    assert problem.path == f"_log/{path.name}"


def test_every_changed_byte_of_a_record_is_noticed(tmp_path):
    state = fill(tmp_path, 3)
    whole = record(tmp_path, 1).read_bytes()
    for place in range(len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        record(tmp_path, 1).write_bytes(damaged)
        found = read_commits(tmp_path)
        assert [file.step_min for file in found.files] == [0, 2]
        assert [problem.path for problem in found.problems] == [f"_log/{1:020d}.json"]
        assert found.next_seq == state.next_seq


def test_a_missing_record_is_named_and_the_others_are_read(tmp_path):
    fill(tmp_path, 4)
    record(tmp_path, 2).unlink()
    found = read_commits(tmp_path)
    assert [file.step_min for file in found.files] == [0, 1, 3]
    assert [problem.reason for problem in found.problems] == ["is missing"]


def test_a_taken_number_is_retried_at_the_next(tmp_path):
    first = fill(tmp_path, 1)
    add(tmp_path, first, 1)
    add(tmp_path, first, 2)  # knows nothing of the record before
    assert [file.step_min for file in read_commits(tmp_path).files] == [0, 1, 2]


def test_a_number_taken_by_a_damaged_record_is_left_behind(tmp_path):
    state = fill(tmp_path, 1)
    record(tmp_path, 1).write_bytes(b"{")
    state = add(tmp_path, state, 2)
    assert [file.step_min for file in state.files] == [0, 2]
    assert read_commits(tmp_path) == state


def test_a_loser_of_the_race_may_think_again(tmp_path):
    first = fill(tmp_path, 1)
    add(tmp_path, first, 1)
    seen = []

    def revise(state):
        seen.append(state)
        return Draft("record", 1, 9, [file_of(9)])

    commit(tmp_path, first, Draft("record", 1, 2, [file_of(2)]), revise)
    assert seen == [replace(read_commits(tmp_path), next_seq=2, files=(file_of(0), file_of(1)))]
    assert [file.step_min for file in read_commits(tmp_path).files] == [0, 1, 9]


def test_writers_at_once_lose_no_record(tmp_path):
    (tmp_path / "_log").mkdir()

    def write(start):
        state = LogState()
        for number in range(start, start + 40):
            state = add(tmp_path, state, number)

    threads = [threading.Thread(target=write, args=(100 * place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read_commits(tmp_path)
    expected = {100 * place + number for place in range(4) for number in range(40)}
    assert {file.step_min for file in found.files} == expected
    assert found.next_seq == 160
    assert not list((tmp_path / "_log").glob("*.tmp"))


def test_no_checkpoint_hides_a_damaged_record_that_a_copy_may_restore(tmp_path):
    state = fill(tmp_path, 10)
    whole = record(tmp_path, 3).read_bytes()
    record(tmp_path, 3).write_bytes(b"{")
    state = read_commits(tmp_path)
    for number in range(10, CHECKPOINT_EVERY + 5):
        state = add(tmp_path, state, number)
    record(tmp_path, 3).write_bytes(whole)
    found = {file.step_min for file in read_commits(tmp_path).files}
    assert found == set(range(CHECKPOINT_EVERY + 5))


def test_strange_files_in_the_log_are_passed_over(tmp_path):
    state = fill(tmp_path, 2)
    (tmp_path / "_log" / "notes.txt").write_text("mine")
    (tmp_path / "_log" / "00000000000000000002.json.1234.tmp").write_text("{")
    assert read_commits(tmp_path) == state


def test_a_record_of_a_newer_schema_says_what_to_do(tmp_path):
    fill(tmp_path, 1)
    content = json.loads(record(tmp_path, 0).read_bytes())
    del content["crc32"]
    content["schema"] = 99
    text = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    record(tmp_path, 0).write_text(json.dumps({**content, "crc32": checksum(text)}))
    with pytest.raises(LogError, match=r"newer Epochscope .*install the newer version"):
        read_commits(tmp_path)

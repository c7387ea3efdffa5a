import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from epochscope.__main__ import main
from epochscope.log_reader import read_log, read_table, read_tail
from epochscope.log_writer import LogWriter
from epochscope.verify import verify

ROOT = Path(__file__).parents[2]
NOBODY = 65534


@pytest.fixture
def logdir(tmp_path, draw_step, time_of):
    for name in ("a/first", "second"):
        writer = LogWriter.create(tmp_path / "runs" / name, {"total_steps": 50})
        writer.commit_step(3, draw_step(3))
        writer.add_scalars([(4, "train/loss", 0.5, time_of(4))])
        writer.close("finished" if name == "second" else "failed")
    return tmp_path / "runs"


@contextmanager
def without_privileges():
    """Root may do anything, whatever a folder's mode says: be somebody else meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_verify_is_content_with_a_sound_log(logdir, capsys):
    assert main(["verify", str(logdir)]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("a/first: sound, ")


def test_verify_names_damage_in_one_of_many_runs(logdir, capsys):
    (file,) = read_log(logdir / "second").of("class_stat")
    (logdir / "second" / file.path).write_bytes(b"garbage")
    assert main(["verify", str(logdir)]) == 1
    out = capsys.readouterr().out
    assert "a/first: sound" in out
    assert f"  {file.path} has 7 bytes where" in out
    assert "lost: 3 rows of class_stat, step 3" in out
    assert main(["verify", str(logdir / "a")]) == 0
    assert main(["verify", str(logdir / "second")]) == 1


def test_list_says_name_state_steps_and_size(logdir, capsys):
    LogWriter.create(logdir / "third", {}).beat(7, None)
    LogWriter.create(logdir / "waits", {})
    (LogWriter.create(logdir / "wrong", {}).folder / "run.json").write_text("{")
    assert main(["list", str(logdir)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:-1] for line in lines[1:]] == [
        ["a/first", "failed", "4", "of", "50"],
        ["second", "finished", "4", "of", "50"],
        ["third", "running", "7"],
        ["waits", "waiting", "-"],
        ["wrong", "unreadable", "-"],
    ]


def test_a_run_without_heartbeat_has_crashed(logdir, capsys):
    writer = LogWriter.create(logdir / "third", {})
    writer.beat(7, None)
    path = logdir / "third" / "heartbeat.json"
    path.write_text(path.read_text().replace('"time": "20', '"time": "19'))
    main(["list", str(logdir / "third")])
    assert "crashed" in capsys.readouterr().out


def test_export_names_damage_on_the_error_channel(logdir, capfdbinary):
    run = logdir / "second"
    (file,) = read_log(run).of("class_stat")
    (run / file.path).write_bytes(b"garbage")
    assert main(["export", str(run), "class_stat"]) == 1
    found = capfdbinary.readouterr()
    assert found.out.startswith(b"step,class,n,right,")
    assert found.err.startswith(f"{file.path} has 7 bytes".encode())


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "nowhere"],
        ["list", "nowhere"],
        ["list", "."],
        ["verify", "a-file"],
        ["export", "nowhere", "scalar"],
        ["export", "a-file", "scalar"],
        ["compact", "nowhere"],
        ["gc", "nowhere"],
    ],
)
def test_a_wrong_path_is_one_sentence(tmp_path, arguments, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").write_text("")
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert repr(arguments[1]) in error


def test_a_run_that_is_the_folder_one_is_in_has_its_name(logdir, capsys, monkeypatch):
    monkeypatch.chdir(logdir / "second")
    assert main(["verify", "."]) == 0
    assert capsys.readouterr().out.startswith("second: sound")


def test_compact_and_gc_work_from_the_command_line(logdir, capsys):
    assert main(["compact", str(logdir / "second")]) == 0
    assert main(["gc", str(logdir / "second"), "--older-than", "-1"]) == 0
    assert capsys.readouterr().out == "0 files written\n1 files deleted\n"


def test_a_pipe_that_closes_early_is_no_error(logdir):
    code = f"{sys.executable} -m epochscope export {logdir / 'second'} run | head -c 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", code], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_log_that_may_not_be_written_is_read_all_the_same(draw_step, time_of, capsys):
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        writer = LogWriter.create(run, {})
        writer.commit_step(0, draw_step(0))
        writer.add_scalars([(0, "train/loss", 0.5, time_of(0))])
        writer.flush()
        for path in (Path(place), run, *(path for path in run.rglob("*") if path.is_dir())):
            path.chmod(0o555)
        with without_privileges():
            state = read_log(run)
            assert read_tail(run, state).scalars.num_rows == 1
            assert read_table(run, state.of("class_stat")[0]).num_rows == 3
            assert verify(run).damage == ()
            assert main(["compact", str(run)]) == 2
        assert "cannot be used: Permission denied" in capsys.readouterr().err
        for path in (Path(place), run, *(path for path in run.rglob("*") if path.is_dir())):
            path.chmod(0o755)


def test_a_folder_that_may_not_be_listed_is_one_sentence(capsys):
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o000)
        with without_privileges():
            assert main(["list", place]) == 2
        assert capsys.readouterr().err == f"{place} cannot be used: Permission denied\n"
        Path(place).chmod(0o755)

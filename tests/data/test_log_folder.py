"""Runs are found below the log folder, whatever else lies there."""

import json
import os
import threading

import pytest

from data.demos import write_plain_run
from data.errors import RunNotFoundError, UnreadableRunError
from data.log_folder import walk_runs, watch_log_folder
from data.store import list_runs, open_run


def names(folder):
    return [name for name, _, _ in walk_runs(folder)]


def make_runs(folder, *paths):
    for path in paths:
        (folder / path).mkdir(parents=True)
        (folder / path / "run.json").write_text("{}")


def test_a_name_is_the_path_below_the_log_folder(tmp_path):
    make_runs(tmp_path, "a", "project/b", "project/deep er/c")
    assert sorted(names(tmp_path)) == ["a", "project/b", "project/deep er/c"]


def test_nothing_in_a_run_is_a_run(tmp_path):
    make_runs(tmp_path, "a", "a/inner")
    assert names(tmp_path) == ["a"]


def test_hidden_folders_and_files_are_passed_over(tmp_path):
    make_runs(tmp_path, ".trash/old", "kept")
    (tmp_path / "notes.txt").write_text("no run")
    assert names(tmp_path) == ["kept"]


def test_a_log_folder_that_is_not_there_yet_holds_no_runs(tmp_path):
    assert names(tmp_path / "later") == []


def test_a_log_folder_that_is_a_run_shows_it(tmp_path):
    make_runs(tmp_path, "only")
    assert names(tmp_path / "only") == ["only"]


def test_links_that_lead_back_are_followed_once(tmp_path):
    make_runs(tmp_path, "project/a")
    (tmp_path / "project" / "up").symlink_to(tmp_path)
    (tmp_path / "0-again").symlink_to(tmp_path / "project")
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    assert names(tmp_path) == ["project/a"]


def test_a_link_to_runs_elsewhere_is_followed(tmp_path):
    make_runs(tmp_path, "elsewhere/shared/a", "log/b")
    (tmp_path / "log" / "team").symlink_to(tmp_path / "elsewhere" / "shared")
    assert sorted(names(tmp_path / "log")) == ["b", "team/a"]


def test_a_name_that_is_no_text_is_passed_over(tmp_path):
    make_runs(tmp_path, "a")
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    assert names(tmp_path) == ["a"]


def test_a_file_is_no_log_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnreadableRunError, match="file' is a file"):
        names(tmp_path / "file")


def test_a_folder_that_may_not_be_listed_does_not_hide_the_others(open_folder, as_other_user):
    make_runs(open_folder, "a", "closed/b")
    (open_folder / "closed").chmod(0)
    found = as_other_user(
        f"print([found[0] for found in log_folder.walk_runs(Path({str(open_folder)!r}))])",
        open_folder,
    )
    assert found.strip() == "['a']"


def test_a_log_folder_that_may_not_be_listed_is_named_with_the_user(open_folder, as_other_user):
    make_runs(open_folder, "a")
    open_folder.chmod(0)
    found = as_other_user(
        "try: store.list_runs()\nexcept UnreadableRunError as error: print(error)", open_folder
    )
    assert f"The log folder {str(open_folder)!r} may not be listed by the user '" in found


def test_a_name_is_looked_up_and_never_joined(logdir):
    write_plain_run(logdir.parent, "outside", steps=3)
    write_plain_run(logdir, "inside", steps=3)
    assert open_run("inside").name == "inside"
    for name in ("../outside", "./inside", "inside/", str(logdir / "inside"), "", "."):
        with pytest.raises(RunNotFoundError):
            open_run(name)


def test_a_run_that_was_replaced_is_read_anew(logdir):
    write_plain_run(logdir, "a", steps=5)
    before = open_run("a").summary()
    for path in sorted((logdir / "a").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    write_plain_run(logdir, "a", steps=9)
    after = open_run("a").summary()
    assert (before.step, after.step) == (5, 9)
    assert before.version != after.version


def test_a_run_that_was_deleted_is_gone(logdir):
    write_plain_run(logdir, "a", steps=5)
    assert [run.name for run in list_runs()] == ["a"]
    (logdir / "a" / "run.json").unlink()
    assert list_runs() == []
    with pytest.raises(RunNotFoundError, match="'a'"):
        open_run("a")


def test_a_run_whose_facts_cannot_be_read_is_listed_with_the_reason(logdir):
    make_runs(logdir, "broken")
    (logdir / "broken" / "run.json").write_text("{")
    write_plain_run(logdir, "fine", steps=3)
    found = {run.name: run for run in list_runs()}
    assert (found["broken"].state, found["fine"].state) == ("unreadable", "finished")
    assert "run.json" in found["broken"].reason
    with pytest.raises(UnreadableRunError, match=r"run\.json"):
        open_run("broken")


def test_a_run_of_a_newer_version_is_listed_with_the_reason(logdir):
    make_runs(logdir, "newer")
    (logdir / "newer" / "run.json").write_text(json.dumps({"schema": 99}))
    assert "newer Epochscope" in list_runs()[0].reason


@pytest.mark.parametrize("name", ["lr=0.1", "step=7/a", "a[1]*?", "quote'd", "ünï/çödé", "%41"])
def test_any_folder_name_can_be_read(logdir, name):
    write_plain_run(logdir, name, steps=4)
    assert [(run.name, run.step) for run in list_runs()] == [(name, 4)]


def test_many_requests_at_once_share_the_walk(logdir):
    for place in range(3):
        write_plain_run(logdir, f"run{place}", steps=2)
    folder = watch_log_folder(logdir)
    together = threading.Barrier(8)
    found = []

    def ask():
        together.wait()
        found.append(sorted(folder.find_runs()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["run0", "run1", "run2"]] * 8

import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from data.log_place import inspect_log_place, user_name

ROOT = Path(__file__).parent.parent.parent


def test_lists_what_lies_in_the_folder_and_leaves_hidden_names_out(tmp_path):
    for name in ("b.txt", "a", ".cache"):
        (tmp_path / name).touch()
    place = inspect_log_place(tmp_path)
    assert (place.exists, place.trouble, place.entries) == (True, "", ("a", "b.txt"))


def test_a_missing_folder_is_no_trouble(tmp_path):
    place = inspect_log_place(tmp_path / "not" / "yet")
    assert (place.exists, place.trouble, place.entries) == (False, "", ())


def test_a_file_is_named_as_one(tmp_path):
    file = tmp_path / "runs"
    file.touch()
    assert f"{str(file)!r} is a file" in inspect_log_place(file).trouble


def test_a_folder_below_a_file_is_trouble_too(tmp_path):
    (tmp_path / "runs").touch()
    assert "lies below one" in inspect_log_place(tmp_path / "runs" / "first").trouble


def test_a_link_that_leads_to_itself_is_trouble(tmp_path):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "cannot be opened" in inspect_log_place(loop).trouble


def test_the_path_is_absolute_and_plain(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = inspect_log_place((tmp_path / "x" / ".." / "runs").relative_to(tmp_path))
    assert place.path == tmp_path / "runs"


def test_a_tilde_stands_for_the_home_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    place = inspect_log_place(type(tmp_path)("~/runs"))
    assert place.path == tmp_path / "runs"


def test_names_the_user_it_runs_as():
    assert user_name() == pwd.getpwuid(os.geteuid()).pw_name


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
def test_a_folder_that_may_not_be_listed_or_entered_is_trouble(mode):
    folder = Path(tempfile.mkdtemp())  # below a folder that everybody may enter
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    folder.chmod(mode)
    try:
        trouble = look_as_another_user(folder)
    finally:
        folder.chmod(0o700)
        folder.rmdir()
    assert f"The log folder {str(folder)!r} may not be listed by the user" in trouble


def look_as_another_user(folder):
    """Look at a folder as a user whom its mode binds: nobody where the tests run as root."""
    if os.geteuid() != 0:
        return inspect_log_place(folder).trouble
    change = "os.setgroups([]); os.setuid(pwd.getpwnam('nobody').pw_uid)"
    look = "print(inspect_log_place(Path(sys.argv[1])).trouble)"
    code = f"import os, pwd, sys; from pathlib import Path; from data.log_place import inspect_log_place; {change}; {look}"
    ended = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout

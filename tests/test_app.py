"""The command that serves: what it refuses, in one sentence with exit code 2, and what it serves."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parent.parent
AS_NOBODY = (
    "import app, grp, os, pwd, sys; "
    "os.setgroups([]); os.setgid(pwd.getpwnam('nobody').pw_gid); "
    "os.setuid(pwd.getpwnam('nobody').pw_uid); app.main(sys.argv[1:])"
)


def run_app(*arguments, prefix=("app.py",)):
    return subprocess.run(
        [sys.executable, *prefix, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def assert_refuses(ended, *words):
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert ended.stderr.endswith((".\n",))
    assert [word for word in words if word not in ended.stderr] == []


@contextmanager
def serving(command, pattern, **environment):
    """Start a server, yield the address it prints, stop it."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        for line in process.stdout:
            if found := re.search(pattern, line):
                yield found.group(1)
                break
        else:
            pytest.fail(f"the server ended with {process.wait()}")
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def fetch(address):
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()


@contextmanager
def unlistable_folder():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0)
    try:
        yield folder
    finally:
        folder.chmod(stat.S_IRWXU)
        folder.rmdir()


@contextmanager
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_refuses_a_log_folder_that_is_a_file(tmp_path):
    file = tmp_path / "runs"
    file.touch()
    assert_refuses(run_app("--logdir", file), repr(str(file)), "is a file")


def test_refuses_a_folder_that_may_not_be_listed():
    prefix = ("-c", AS_NOBODY) if os.geteuid() == 0 else ("app.py",)
    with unlistable_folder() as folder:
        ended = run_app("--logdir", folder, "--port", "0", prefix=prefix)
    assert_refuses(ended, repr(str(folder)), "may not be listed by the user")


def test_refuses_a_port_that_is_taken(tmp_path):
    with taken_port() as port:
        ended = run_app("--logdir", tmp_path, "--port", port)
    assert_refuses(ended, f"Port {port}", "in use", "--port")


@pytest.mark.parametrize("port", ["80x", "-1", "65536", "1.5", "", "８０"])
def test_refuses_a_port_that_is_no_port(tmp_path, capsys, port):
    with pytest.raises(SystemExit) as stopped:
        app.main(["--logdir", str(tmp_path), f"--port={port}"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        f"The port is a whole number from 0 to 65535, got {port!r}.\n"
    )


def test_refuses_a_host_that_is_not_this_machine(tmp_path):
    ended = run_app("--logdir", tmp_path, "--port", "0", "--host", "no such host")
    assert_refuses(ended, "'no such host'", "--host")


def test_ends_without_a_word_when_it_is_interrupted(runs):
    # Who starts the tests may ignore interrupts, and a child inherits that.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    code += f"import app; app.main(['--logdir', {str(runs)!r}, '--port', '0'])"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        address = server.stdout.readline().split()[-1]
        assert fetch(address)[0] == 200
        server.send_signal(signal.SIGINT)
        try:
            _, said = server.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            server.kill()
            raise
    assert (server.returncode, said) == (0, "")


def test_refuses_a_log_folder_without_a_name(capsys):
    with pytest.raises(SystemExit) as stopped:
        app.main(["--logdir", ""])
    assert stopped.value.code == 2
    assert "has no name" in capsys.readouterr().err


def test_refuses_an_option_it_does_not_know(capsys):
    with pytest.raises(SystemExit) as stopped:
        app.main(["--logdirs", "runs"])
    assert stopped.value.code == 2
    assert "--logdirs" in capsys.readouterr().err


def test_serves_a_folder_that_does_not_exist_yet(tmp_path):
    folder = tmp_path / "not" / "yet"
    command = [sys.executable, "app.py", "--logdir", str(folder), "--port", "0"]
    with serving(command, r"at (http://127\.0\.0\.1:\d+/)$") as address:
        assert fetch(f"{address}healthz")[0] == 200
        status, page = fetch(address)
    assert status == 200
    assert "<title>Epochscope</title>" in page
    assert not folder.exists()


@pytest.mark.parametrize("is_file", [False, True])
def test_gunicorn_serves_the_log_or_says_why_not(tmp_path, is_file):
    place = tmp_path / "log"
    place.touch() if is_file else place.mkdir()
    gunicorn = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8"]
    command = [*gunicorn, "--bind", "127.0.0.1:0", "app:server"]
    listening = r"Listening at: (http://127\.0\.0\.1:\d+)"
    with serving(command, listening, EPOCHSCOPE_LOGDIR=str(place)) as address:
        status, page = fetch(f"{address}/")
        assert fetch(f"{address}/healthz")[0] == 200
    assert status == (503 if is_file else 200)
    assert ("is a file" in page) == is_file


def test_checking_a_folder_and_a_port_serves_nothing(tmp_path):
    ended = run_app("--logdir", tmp_path / "none", "--port", "0", "--check")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    with taken_port() as port:
        assert_refuses(run_app("--port", port, "--check"), str(port), "cannot be taken")

"""What tests of the log folder share: a user who may not read everything, as root may."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# Imported before the user changes, who may not be allowed to read this installation.
IMPORTS = (
    "import os, pwd, sys, importlib; from pathlib import Path; import pandas, duckdb;"
    "from data import store, scalars, classes, compactor, log_folder, database;"
    "from data.errors import UnreadableRunError; import concurrent.futures.thread;"
    "[importlib.import_module(n) for n in ('pandas', 'pyarrow.dataset', 'data.layers')];"
    "database.load_query('scalar_digest')"
)
CHANGE = "os.setgroups([]); os.setuid(pwd.getpwnam('nobody').pw_uid)"


@pytest.fixture
def open_folder():
    """A folder below one that everybody may enter, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def as_other_user():
    """Run code over a log folder as a user whom modes bind; returns what it prints."""

    def run(code, logdir):
        change = CHANGE if os.geteuid() == 0 else "pass"
        environment = {**os.environ, "EPOCHSCOPE_LOGDIR": str(logdir)}
        done = subprocess.run(
            [sys.executable, "-c", f"{IMPORTS}\n{change}\n{code}"],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run

"""Makes what is slow to make once for all test processes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def make_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, write: Callable[[Path], None]
) -> Path:
    """Let the first test process that asks write a folder; the others wait for it and get the same."""
    own = tmp_path_factory.getbasetemp()
    place = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    made = place / f"made-{name}"
    with FileLock(place / f"made-{name}.lock"):
        if not made.exists():
            draft = tmp_path_factory.mktemp(name)
            write(draft)
            draft.rename(made)
    return made

"""Says in a word how a run fares: waiting, running, finished, failed, crashed or unreadable."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc

from epochscope.log_files import LogError
from epochscope.log_reader import read_heartbeat, read_log, read_run_facts, read_tail
from epochscope.log_state import LogState

CRASHED_SECONDS = 20.0  # without a heartbeat


@dataclass(frozen=True)
class RunLine:
    """One line of a list of runs; bytes counts every file of the run folder."""

    name: str
    state: str
    step: int | None
    total_steps: int | None
    bytes: int


def describe_run(folder: Path, name: str) -> RunLine:
    """Sum up the run in folder as of now."""
    size = sum(_size(path) for path in folder.rglob("*"))
    try:
        facts = read_run_facts(folder)
        state = read_log(folder)
    except LogError:
        return RunLine(name, "unreadable", None, None, size)
    beat = read_heartbeat(folder)
    total = beat.total_steps if beat and beat.total_steps else facts.get("total_steps")
    return RunLine(
        name,
        _word(folder, state),
        _last_step(folder, state),
        total if isinstance(total, int) else None,
        size,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0  # merged and collected meanwhile


def _word(folder: Path, state: LogState) -> str:
    if state.end:
        return state.end.state
    beat = read_heartbeat(folder)
    if beat is None:
        return "waiting"
    age = (datetime.now(UTC) - beat.time).total_seconds()
    return "crashed" if age > CRASHED_SECONDS else "running"


def _last_step(folder: Path, state: LogState) -> int | None:
    tail = read_tail(folder, state)
    beat = read_heartbeat(folder)
    found = [
        state.last_step,
        pc.max(tail.scalars.column("step")).as_py(),
        beat.step if beat and not state.end else None,
    ]
    return max((step for step in found if step is not None), default=None)

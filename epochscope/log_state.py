"""What a run's commit records add up to: the files a reader may use, and how the run ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from epochscope.log_files import JOURNALS

Record = Mapping[str, Any]


@dataclass(frozen=True)
class LogFile:
    """One committed file: its rows, size in bytes, first and last step, and checksum."""

    table: str
    path: str  # POSIX, relative to the run folder
    rows: int
    bytes: int
    step_min: int | None
    step_max: int | None
    crc32: int

    @property
    def level(self) -> int | None:
        """The compaction level, 0 to 3; None for files that are never compacted."""
        folder = PurePosixPath(self.path).parent.name
        return int(folder[1:]) if folder in ("L0", "L1", "L2", "L3") else None

    def describe(self) -> str:
        """Say in words what the file holds: 54 rows of layer_stat, step 1600."""
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        if self.step_min is None:
            return f"{rows} of {self.table}"
        if self.step_min == self.step_max:
            return f"{rows} of {self.table}, step {self.step_min}"
        return f"{rows} of {self.table}, steps {self.step_min} to {self.step_max}"

    def overlaps(self, first: int | None, last: int | None) -> bool:
        """Tell whether the file may hold rows of steps first to last, both included."""
        if self.step_min is None or self.step_max is None:
            return True
        return (last is None or self.step_min <= last) and (first is None or self.step_max >= first)


@dataclass(frozen=True)
class End:
    """How a run ended: state is 'finished' or 'failed'."""

    state: str
    message: str
    time: datetime
    step: int | None


@dataclass(frozen=True)
class Problem:
    """A damaged file: why it cannot be read and what is lost with it."""

    path: str
    reason: str
    lost: str


@dataclass(frozen=True)
class LogState:
    """A run as of one commit record; the next record has the number next_seq."""

    next_seq: int = 0
    files: tuple[LogFile, ...] = ()
    attempt: int = 1
    end: End | None = None
    problems: tuple[Problem, ...] = ()
    retired: frozenset[str] = field(default_factory=frozenset)  # journals sealed into Parquet

    @property
    def last_step(self) -> int | None:
        """The last step of any committed file."""
        return max((f.step_max for f in self.files if f.step_max is not None), default=None)

    def of(
        self, table: str, first: int | None = None, last: int | None = None
    ) -> tuple[LogFile, ...]:
        """Return the files of a table that overlap steps first to last, both included."""
        return tuple(f for f in self.files if f.table == table and f.overlaps(first, last))


def fold(state: LogState, record: Record) -> LogState:
    """Return the state after one more commit record."""
    removed = set(record["remove"])
    kept = [f for f in state.files if f.path not in removed] if removed else state.files
    retired = {path for path in removed if path.startswith(f"{JOURNALS}/")}
    return replace(
        state,
        next_seq=record["seq"] + 1,
        files=(*kept, *(LogFile(**entry) for entry in record["add"])),
        attempt=max(state.attempt, record["attempt"]),
        end=_end_after(state.end, record),
        retired=state.retired | retired,
    )


def _end_after(end: End | None, record: Record) -> End | None:
    if record["op"] == "truncate":
        return None
    if record["op"] not in ("finish", "fail"):
        return end
    return End(
        state="finished" if record["op"] == "finish" else "failed",
        message=str(record.get("message", "")),
        time=datetime.fromisoformat(record["time"]).astimezone(UTC),
        step=record["step"],
    )

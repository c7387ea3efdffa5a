"""What recording costs: seconds and share of the training, bytes on disk, dropped steps."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Spent:
    """Seconds, and their share of the time since recording began."""

    seconds: float
    share: float


@dataclass(frozen=True)
class Cost:
    """The cost of recording up to now."""

    statistics: Spent  # training thread and writer thread together
    validation: Spent  # validation passes and snapshots
    log_call: Spent  # calls of step() and log() that only log
    graph: Spent  # describing the graph, once
    bytes: int  # on disk
    dropped: int  # recorded steps given up because the queue was full


class Ledger:
    """Adds up seconds by kind; the writer thread adds its own."""

    def __init__(self) -> None:
        """Start the clock."""
        self._lock = threading.Lock()
        self._began = time.perf_counter()
        self._seconds = {"statistics": 0.0, "validation": 0.0, "graph": 0.0}
        self.recorded = 0  # steps whose statistics were computed
        self.dropped = 0

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Add the wall time of a block in the training thread."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(kind, time.perf_counter() - began)

    def add(self, kind: str, seconds: float) -> None:
        """Add seconds from any thread."""
        with self._lock:
            self._seconds[kind] += seconds

    def seconds(self, kind: str) -> float:
        """Return the seconds spent on a kind so far."""
        return self._seconds[kind]

    def price(self) -> float:
        """Return the mean seconds of the statistics of one recorded step."""
        return self._seconds["statistics"] / max(1, self.recorded)

    def trained(self) -> float:
        """Return the seconds since the start that went into training, not into validation or the graph."""
        apart = self._seconds["validation"] + self._seconds["graph"]
        return time.perf_counter() - self._began - apart

    def read(self, folder: Path, log_seconds: float = 0.0) -> Cost:
        """Sum up; `folder` is the run's, `log_seconds` went into calls that only log."""
        elapsed = max(time.perf_counter() - self._began, 1e-9)

        def spent(seconds: float) -> Spent:
            return Spent(seconds, seconds / elapsed)

        return Cost(
            spent(self._seconds["statistics"]),
            spent(self._seconds["validation"]),
            spent(log_seconds),
            spent(self._seconds["graph"]),
            sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()),
            self.dropped,
        )

"""The writer thread: measures recorded steps, writes them, and flushes the journal in between."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import torch
from torch import Tensor

from epochscope.log_writer import LogWriter
from epochscope.recording.border import Border
from epochscope.recording.cost import Ledger

FLUSH_SECONDS = 0.5
BEAT_SECONDS = 5.0
SPILL_ROWS = 8_192  # scalars that wake the thread at once
FULL_ROWS = 500_000  # scalars for which training waits, unless the disk refuses them
KEPT_ROWS = 1_000_000  # scalars in memory while the disk refuses them; older ones go
QUEUE_BYTES = 256 << 20  # recorded steps that wait; at least two, whatever their size
QUEUE_STEPS = 64

Value = float | Tensor
Row = tuple[int, str, Value, float]  # step, name, value, seconds since 1970
Job = Callable[[LogWriter], Iterator[None]]


@dataclass(frozen=True)
class Entry:
    """A job in the queue: a generator function that pauses where the journal may be flushed."""

    where: str
    job: Job
    size: int  # bytes it keeps
    kind: str | None  # of the cost of committing what it stages, if it stages a recorded step


class Background:
    """Owns the LogWriter; every touch of the disk after the constructor is in its thread."""

    def __init__(
        self,
        writer: LogWriter,
        border: Border,
        total_steps: int | None,
        step_now: Callable[[], int],
        ledger: Ledger,
    ) -> None:
        """Start the thread; its heartbeat tells the step that training is at."""
        self._step_now = step_now
        self._ledger = ledger
        self._writer = writer
        self._border = border
        self._total_steps = total_steps
        # Training appends to it; a tensor stays on its device until the next flush.
        self.scalars: deque[Row] = deque(maxlen=KEPT_ROWS)
        self._events: deque[tuple[int, str, str, dict[str, object], float]] = deque(maxlen=10_000)
        self._queue: deque[Entry] = deque()
        self._waiting_bytes = 0
        self._kinds: list[str] = []  # of the steps that are staged
        self._wake = threading.Event()
        self._stopping = False
        self._flushed = self._beaten = 0.0
        self._stuck = False  # the last flush failed
        torch.get_num_threads()  # so that the training thread has settled its own number
        self._thread = threading.Thread(target=self._run, name="epochscope-writer", daemon=True)
        self._thread.start()

    def make_room(self) -> None:
        """Write scalars at once, as more than SPILL_ROWS wait; none is lost to a loop that only logs."""
        self._wake.set()
        while len(self.scalars) > FULL_ROWS and not self._stuck and self._thread.is_alive():
            time.sleep(0.001)

    def add_event(self, step: int, kind: str, message: str, detail: dict[str, object]) -> None:
        """Keep an event for the next flush; detail holds JSON values."""
        self._events.append((step, kind, message, detail, time.time()))

    def is_full(self) -> bool:
        """Tell whether a recorded step would have to be dropped."""
        waiting = len(self._queue)
        return waiting >= QUEUE_STEPS or (waiting >= 2 and self._waiting_bytes > QUEUE_BYTES)

    def submit(self, where: str, job: Job, size: int = 0, kind: str | None = None) -> None:
        """Queue a job that keeps `size` bytes in memory.

        A job with a kind of cost stages a recorded step, which is committed after it, together
        with those that wait where the disk is slower than training.
        """
        self._queue.append(Entry(where, job, size, kind))
        self._waiting_bytes += size
        self._wake.set()

    def drain(self, timeout: float = 60.0) -> None:
        """Wait until every job is done and the journal is flushed."""
        done = threading.Event()

        def finish(_writer: LogWriter) -> Iterator[None]:
            self._commit()
            self._flush()
            done.set()
            yield

        self.submit("flush", finish)
        done.wait(timeout)

    def close(self, state: str, message: str) -> None:
        """Finish all jobs, write the rest, and say how the run ended."""
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._border.call_later("flush at the end", self._flush)
        self._border.call_later("close", lambda: self._writer.close(state, message))

    def _run(self) -> None:
        _use_one_thread()
        with torch.no_grad():
            while True:
                self._keep_time()
                if self._queue:
                    self._work(self._queue[0])
                    if not self._queue or self._writer.has_gathered():
                        self._commit()
                elif self._stopping:
                    return
                else:
                    self._wake.wait(self._pause())
                    self._wake.clear()

    def _work(self, entry: Entry) -> None:
        def finish() -> None:
            for _ in entry.job(self._writer):
                self._keep_time()

        self._border.call_later(entry.where, finish)
        # Only now: what is being worked on counts as waiting, or two more would be let in.
        self._queue.popleft()
        self._waiting_bytes -= entry.size
        if entry.kind is not None:
            self._kinds.append(entry.kind)

    def _commit(self) -> None:
        steps = self._writer.staged_steps
        if steps:
            began = time.thread_time()
            self._border.call_later(_name(steps), self._writer.commit_staged)
            seconds = time.thread_time() - began
            for kind in self._kinds:
                self._ledger.add(kind, seconds / len(self._kinds))
        self._kinds = []

    def _pause(self) -> float:
        return max(0.0, self._flushed + FLUSH_SECONDS - time.monotonic())

    def _keep_time(self) -> None:
        now = time.monotonic()
        if now - self._flushed >= FLUSH_SECONDS or len(self.scalars) > SPILL_ROWS:
            self._flushed = now
            self._stuck = not self._border.call_later("journal", self._flush)
        if now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            self._border.call_later(
                "heartbeat", lambda: self._writer.beat(self._step_now(), self._total_steps)
            )

    def _flush(self) -> None:
        if self._stuck:
            self._writer.flush()  # what it could not write before; nothing is added until it can
            self._stuck = False
        events = [self._events.popleft() for _ in range(len(self._events))]
        for step, kind, message, detail, moment in events:
            self._writer.add_event(step, kind, message, detail, _time(moment))
        rows = [self.scalars.popleft() for _ in range(len(self.scalars))]
        values = _to_host([value for _, _, value, _ in rows])
        self._writer.add_scalars(
            [
                (row[0], row[1], value, _time(row[3]))
                for row, value in zip(rows, values, strict=True)
            ]
        )
        self._writer.flush()


def _name(steps: Sequence[int]) -> str:
    first, last = min(steps), max(steps)
    return f"record of step {last}" if first == last else f"record of steps {first} to {last}"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _to_host(values: list[Value]) -> list[float]:
    """Return the values as numbers, those on a device in one transfer per device."""
    found: list[float] = [0.0 if isinstance(one, Tensor) else float(one) for one in values]
    by_device: dict[torch.device, list[int]] = {}
    for position, value in enumerate(values):
        if isinstance(value, Tensor):
            by_device.setdefault(value.device, []).append(position)
    for device, positions in by_device.items():
        if device.type == "cuda":
            torch.cuda.synchronize(device)  # this thread waits, whatever stream training uses
        stacked = torch.stack([values[i].double().reshape(()) for i in positions])  # type: ignore[union-attr]
        for position, number in zip(positions, stacked.tolist(), strict=True):
            found[position] = number
    return found


def _use_one_thread() -> None:
    """Let this thread compute with one core, and leave every other thread as it is.

    torch.set_num_threads acts on the calling thread, and on threads that first compute later:
    a second thread that ends at once gives those their number back.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    restore = threading.Thread(target=torch.set_num_threads, args=(before,))
    restore.start()
    restore.join()

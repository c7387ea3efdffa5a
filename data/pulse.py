"""Tells by its heartbeat and its steps how a run is: waiting, running, stalled, crashed."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from epochscope.log_reader import End, Heartbeat

CRASHED_AFTER = 20.0  # seconds without a change of the heartbeat
_STALLED_PAUSES = 10  # times the usual pause between two steps
_STALLED_AFTER = 20.0  # seconds; a pause below this is no news


class Pulse:
    """When the heartbeat of one run was last seen to change, by the reader's own clock."""

    def __init__(self) -> None:
        """Have seen no heartbeat yet."""
        self._beat: object = None
        self._changed = 0.0

    def measure_age(self, beat: Heartbeat | None, created: datetime) -> float:
        """Return the seconds since the last sign of life; `created` counts where none beats."""
        sign = (beat.time, beat.pid, beat.step) if beat else created
        if sign != self._beat:
            first_sight = self._beat is None
            self._beat, self._changed = sign, time.monotonic()
            if first_sight:
                # Only here another machine's clock has a say.
                age = (datetime.now(UTC) - (beat.time if beat else created)).total_seconds()
                self._changed -= max(age, 0.0)
        return time.monotonic() - self._changed


@dataclass(frozen=True)
class Pace:
    """The newest steps of a run: their pauses in seconds, and when the last one was."""

    usual: float | None
    longest: float | None
    last: datetime | None


def tell_state(
    end: End | None, step: int | None, beat: Heartbeat | None, age: float, pace: Pace
) -> tuple[str, str]:
    """Return a run's state and, where it is not well, the reason in one sentence."""
    if end:
        return end.state, end.message
    if age > CRASHED_AFTER:
        return "crashed", _tell_last_sign(beat, age)
    if not step:
        return "waiting", "No step has been taken yet."
    since = _measure_pause(beat, pace)
    if since > _find_patience(pace):
        usual = f"; a step usually takes {pace.usual:.2g} s" if pace.usual is not None else ""
        return "stalled", f"No step for {since:.0f} s{usual}."
    return "running", ""


def _find_patience(pace: Pace) -> float:
    # A validation between two steps is part of the rhythm, so the longest pause counts too.
    usual, longest = pace.usual or 0.0, pace.longest or 0.0
    return max(_STALLED_PAUSES * usual, 2 * longest, _STALLED_AFTER)


def _measure_pause(beat: Heartbeat | None, pace: Pace) -> float:
    # Both times are the writer's, so that clocks of two machines are not compared.
    if beat is None or pace.last is None:
        return 0.0
    return (beat.time - pace.last).total_seconds()


def _tell_last_sign(beat: Heartbeat | None, age: float) -> str:
    if beat is None:
        return "It never gave a sign of life and no end is recorded."
    time_ = beat.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return (
        f"No end is recorded, and the last sign of life was at {time_} UTC, {age:.0f} s ago,"
        f" at step {beat.step} (process {beat.pid} on {beat.host})."
    )

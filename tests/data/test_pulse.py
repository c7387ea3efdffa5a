"""The state of a run is told by its end, its heartbeat and its steps."""

from datetime import UTC, datetime, timedelta

import pytest

from data.pulse import CRASHED_AFTER, Pace, Pulse, tell_state
from epochscope.log_reader import End, Heartbeat

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ENDED = End("failed", "CUDA out of memory", NOW, 7)


def beat(seconds_after_last_step=0.0, step=10):
    return Heartbeat(NOW + timedelta(seconds=seconds_after_last_step), 42, "box", step, 100)


@pytest.mark.parametrize(
    ("end", "step", "silent", "age", "pace", "state"),
    [
        (None, None, 0, 1, Pace(None, None, None), "waiting"),
        (None, 0, 0, 1, Pace(None, None, None), "waiting"),
        (None, 10, 1, 1, Pace(0.1, 0.2, NOW), "running"),
        (None, 10, 19, 1, Pace(0.1, 0.2, NOW), "running"),
        (None, 10, 21, 1, Pace(0.1, 0.2, NOW), "stalled"),
        (None, 10, 59, 1, Pace(6.0, 6.0, NOW), "running"),
        (None, 10, 61, 1, Pace(6.0, 6.0, NOW), "stalled"),
        (None, 10, 61, 1, Pace(0.1, 40.0, NOW), "running"),  # a validation takes as long
        (None, 10, 81, 1, Pace(0.1, 40.0, NOW), "stalled"),
        (None, 10, 61, 1, Pace(None, None, None), "running"),
        (None, 10, 1, CRASHED_AFTER + 0.1, Pace(0.1, 0.1, NOW), "crashed"),
        (None, None, 0, CRASHED_AFTER + 0.1, Pace(None, None, None), "crashed"),
        (ENDED, 7, 99, 99.0, Pace(0.1, 0.1, NOW), "failed"),
    ],
)
def test_the_state(end, step, silent, age, pace, state):
    assert tell_state(end, step, beat(silent), age, pace)[0] == state


def test_a_failed_run_gives_its_own_reason():
    assert tell_state(ENDED, 7, None, 0, Pace(None, None, None))[1] == "CUDA out of memory"


def test_a_crash_names_the_last_sign_of_life():
    reason = tell_state(None, 10, beat(), 65.0, Pace(None, None, None))[1]
    assert "2026-01-05 09:00:00 UTC, 65 s ago, at step 10 (process 42 on box)" in reason


def test_a_stall_says_what_is_usual():
    reason = tell_state(None, 10, beat(33), 1.0, Pace(0.4, 0.5, NOW))[1]
    assert reason == "No step for 33 s; a step usually takes 0.4 s."


def test_the_age_counts_by_the_readers_clock_once_a_heartbeat_was_seen_to_change():
    pulse = Pulse()
    # A machine whose clock is a day late: at first sight, it looks crashed.
    late = Heartbeat(datetime.now(UTC) - timedelta(days=1), 42, "box", 1, None)
    assert pulse.measure_age(late, NOW) > CRASHED_AFTER
    later = Heartbeat(late.time + timedelta(seconds=5), 42, "box", 1, None)
    assert pulse.measure_age(later, NOW) < 1


def test_a_clock_that_is_ahead_is_no_sign_of_youth():
    pulse = Pulse()
    ahead = Heartbeat(datetime.now(UTC) + timedelta(hours=1), 42, "box", 1, None)
    assert 0 <= pulse.measure_age(ahead, NOW) < 1


def test_without_a_heartbeat_the_start_counts():
    assert Pulse().measure_age(None, datetime.now(UTC) - timedelta(seconds=30)) > 29

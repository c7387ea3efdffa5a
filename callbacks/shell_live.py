"""The list of runs that every open page follows."""

import json
from hashlib import blake2b
from time import time
from typing import Any

from dash import Dash, Input, Output, State, no_update

from data.errors import RunError
from data.store import RunSummary, list_runs
from ids import Shell

ENDED = ("finished", "failed")
EXPLAINED = ("failed", "unreadable")  # other reasons tell an age that the page counts by itself
DAMAGED_AT_MOST = 1  # the strip names one file and counts the others


def register(app: Dash) -> None:
    """Wire the clock of the frame to the list of runs."""
    app.callback(
        Output(Shell.LIVE, "data"),
        Output(Shell.LIVE_VERSION, "data"),
        Input(Shell.TICK, "n_intervals"),
        State(Shell.LIVE_VERSION, "data"),
        prevent_initial_call=True,  # the frame comes with the runs of the moment
    )(follow_runs)


def follow_runs(_ticks: int | None, version: str | None) -> tuple[Any, Any]:
    """List the runs, newest first; nothing is sent while nothing changed."""
    now = time()
    runs = [describe_run(summary, now) for summary in list_runs()]
    newest = blake2b(json.dumps(runs).encode(), digest_size=8).hexdigest()
    if newest == version:
        return no_update, no_update
    return {"runs": runs, "version": newest}, newest


def list_first() -> dict[str, Any] | None:
    """List the runs for a page that is opened, so that it need not ask; None where that fails."""
    try:
        runs: dict[str, Any] = follow_runs(None, None)[0]
        return runs
    except RunError:
        return None  # the clock asks again, and is told why


def describe_run(summary: RunSummary, now: float) -> dict[str, Any]:
    """Say of a run what header, picker and timeline show; times are seconds since 1970.

    Nothing in it may differ from look to look of a run that does not change.
    """
    return {
        "name": summary.name,
        "state": summary.state,
        "reason": summary.reason if summary.state in EXPLAINED else "",
        "step": summary.step,
        "total": summary.total_steps,
        "beat": _last_sign(summary, now),
        "error": _plain(summary.validation_error),
        "loss": _plain(summary.validation_loss),
        "bad": _first_bad(summary),
        "settings": {key: _plain(value) for key, value in summary.config.items()},
        "bytes": summary.bytes,
        "damaged": [
            {"path": damage.path, "reason": damage.reason}
            for damage in summary.damaged_files[:DAMAGED_AT_MOST]
        ],
        "damaged_count": len(summary.damaged_files),
        "version": summary.version,
    }


def _last_sign(summary: RunSummary, now: float) -> int | None:
    if summary.state in ENDED and summary.duration_seconds is not None:
        return round(summary.created.timestamp() + summary.duration_seconds)
    age = summary.heartbeat_age_seconds
    if age is None:
        return None
    # Told by its age, the last beat of a dead run would differ by a second from look to look.
    unit = 60 if summary.state == "crashed" else 1
    return round((now - age) / unit) * unit


def _first_bad(summary: RunSummary) -> dict[str, Any] | None:
    bad = summary.first_bad
    return None if bad is None else {"name": bad.name, "step": bad.step, "value": bad.value}


def _plain(value: object) -> Any:
    # JSON has no NaN; what is no number or truth value is searched and shown as text.
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    return str(value)

"""The list of runs that every open page follows."""

import json
from hashlib import blake2b
from time import time
from typing import Any

from dash import Dash, Input, Output, State, no_update

from data.store import RunSummary, list_runs
from ids import Shell

ALIVE = ("waiting", "running", "stalled")
DAMAGED_AT_MOST = 1  # the strip names one file and counts the others


def register(app: Dash) -> None:
    """Wire the clock of the frame to the list of runs."""
    app.callback(
        Output(Shell.LIVE, "data"),
        Output(Shell.LIVE_VERSION, "data"),
        Input(Shell.TICK, "n_intervals"),
        State(Shell.LIVE_VERSION, "data"),
    )(follow_runs)


def follow_runs(_ticks: int | None, version: str | None) -> tuple[Any, Any]:
    """List the runs, newest first; nothing is sent while nothing changed."""
    now = time()
    runs = [describe_run(summary, now) for summary in list_runs()]
    newest = blake2b(json.dumps(runs).encode(), digest_size=8).hexdigest()
    if newest == version:
        return no_update, no_update
    return {"runs": runs, "version": newest}, newest


def describe_run(summary: RunSummary, now: float) -> dict[str, Any]:
    """Say of a run what header, picker and timeline show; its last sign of life in seconds since 1970.

    A beat of an ended run is rounded to minutes: told by its age, it would differ at every look.
    """
    unit = 1 if summary.state in ALIVE else 60
    age = summary.heartbeat_age_seconds
    return {
        "name": summary.name,
        "state": summary.state,
        "reason": summary.reason,
        "step": summary.step,
        "total": summary.total_steps,
        "beat": None if age is None else round((now - age) / unit) * unit,
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

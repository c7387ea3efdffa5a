"""Reads what was logged step by step: losses, errors, learning rates, epochs, events."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrays import Floats, Steps, name_window, to_floats, to_steps, to_time
from data.digests import read_digest
from data.errors import NothingRecordedError
from data.run_files import EVERY_STEP, RunFiles
from data.summaries import FirstBad, LatestScalar, read_latest

__all__ = [
    "Curve",
    "Event",
    "FirstBad",
    "Series",
    "Stage",
    "read_curve",
    "read_curve_names",
    "read_epoch_steps",
    "read_events",
    "read_recorded_steps",
    "read_series",
    "read_stages",
    "read_values_at",
]

# A learning rate that changes more often is a continuous schedule: a curve, not stages.
MOST_STAGES = 256


@dataclass(frozen=True)
class Curve:
    """One scalar over a window of steps, its rows gathered in buckets that hide no spike."""

    name: str
    first_steps: Steps  # (bucket,)
    last_steps: Steps  # (bucket,)
    low: Floats  # (bucket,) over finite values; NaN where there is none
    high: Floats  # (bucket,)
    mean: Floats  # (bucket,)
    low_steps: Steps  # (bucket,) a step at which low was reached; -1 where low is NaN
    high_steps: Steps  # (bucket,)
    bad: Steps  # (bucket,) how many values are not finite
    first_bad: FirstBad | None  # over all steps of the run, not only the window
    rows: int  # in the window


@dataclass(frozen=True)
class Series:
    """Every value of one scalar."""

    steps: Steps  # (row,)
    values: Floats  # (row,) may be NaN or infinite
    times: NDArray[np.datetime64]  # (row,) UTC, microseconds


@dataclass(frozen=True)
class Stage:
    """Steps, both ends included, over which the learning rate of one group did not change."""

    group: str
    first: int
    last: int
    value: float


@dataclass(frozen=True)
class Event:
    """Something that happened at a step."""

    step: int
    kind: str
    message: str
    detail: dict[str, Any]
    time: datetime


def read_curve_names(run: RunFiles) -> list[str]:
    """Return the names of the scalars of a run, sorted."""
    return list(read_latest(run))


def read_curve(
    run: RunFiles, name: str, first: int | None = None, last: int | None = None, buckets: int = 600
) -> Curve:
    """Read one scalar over steps first to last, exactly where it has at most `buckets` rows there.

    Otherwise each bucket covers equally many steps and keeps its lowest and its highest finite
    value, and how many values were not finite.
    """
    if buckets < 1:
        raise ValueError(f"a curve needs one bucket or more, got {buckets}")
    latest = _find_scalar(run, name)
    window = _find_window(run, name, (first, last), latest)
    where = {"name": name, "first": window.first, "last": window.last}
    steps = (window.first, window.last)
    if window.rows <= buckets:
        table = run.fetch("series", "scalar", steps, **where)
        return _draw_exactly(name, table, latest.first_bad)
    table = run.fetch("curve_levels", "scalar", steps, buckets=buckets, **where)
    return Curve(
        name=name,
        first_steps=to_steps(table["first_step"]),
        last_steps=to_steps(table["last_step"]),
        low=to_floats(table["low"]),
        high=to_floats(table["high"]),
        mean=to_floats(table["mean"]),
        low_steps=to_steps(table["low_step"]),
        high_steps=to_steps(table["high_step"]),
        bad=to_steps(table["bad"]),
        first_bad=latest.first_bad,
        rows=window.rows,
    )


def read_series(run: RunFiles, name: str) -> Series:
    """Read every value of one scalar, in the order of steps."""
    _find_scalar(run, name)
    table = run.fetch("series", "scalar", EVERY_STEP, name=name, **name_window())
    times = to_steps(table["time"]).view("datetime64[us]")
    return Series(to_steps(table["step"]), to_floats(table["value"]), times)


def read_values_at(run: RunFiles, names: Sequence[str], step: int) -> dict[str, tuple[int, float]]:
    """Return step and value of each scalar's newest row at or before a step, where it has one."""
    latest = read_latest(run)
    known = [name for name in names if name in latest]
    found = {
        name: (latest[name].step, latest[name].value) for name in known if latest[name].step <= step
    }
    earlier = [name for name in known if name not in found]
    if earlier:
        table = run.fetch("values_at", "scalar", (None, step), names=earlier, step=step)
        found |= {row["name"]: (row["step"], row["value"]) for row in table.to_pylist()}
    return {name: found[name] for name in names if name in found}


def read_stages(run: RunFiles) -> list[Stage]:
    """Return the stages of each learning rate, by group and step; not of continuous schedules."""
    return run.remember("stages", lambda: _read_stages(run))


def read_epoch_steps(run: RunFiles) -> tuple[Steps, Floats]:
    """Return the steps at which the logged epoch changed, and the epochs that began there."""
    table = run.remember("epochs", lambda: run.fetch("value_changes", "scalar", pattern="epoch"))
    return to_steps(table["step"]), to_floats(table["value"])


def read_recorded_steps(run: RunFiles, series: str | None = None) -> Steps:
    """Return the recorded steps, sorted: of one series of statistics, or all of them.

    Steps with validation results belong to the series 'validation'.
    """
    found = {
        row["step"] for row in read_digest(run, "step_digest") if series in (None, row["series"])
    }
    if series in (None, "validation"):
        found |= {row["step"] for row in read_digest(run, "class_digest")}
    return np.array(sorted(found), np.int64)


def read_events(run: RunFiles, first: int | None = None, last: int | None = None) -> list[Event]:
    """Return what happened at steps first to last, in the order of steps and times."""
    table = run.fetch("events", "event", (first, last), **name_window(first, last))
    return [
        Event(
            row["step"],
            row["kind"],
            row["message"],
            json.loads(row["detail"] or "{}"),
            to_time(row["time"]),
        )
        for row in table.to_pylist()
    ]


@dataclass(frozen=True)
class _Window:
    first: int
    last: int
    rows: int


def _find_scalar(run: RunFiles, name: str) -> LatestScalar:
    latest = read_latest(run)
    if name not in latest:
        raise NothingRecordedError(
            f"The run {run.name!r} has no scalar named {name!r}; recorder.step and recorder.log"
            " record scalars."
        )
    return latest[name]


def _find_window(
    run: RunFiles, name: str, asked: tuple[int | None, int | None], latest: LatestScalar
) -> _Window:
    bounds = name_window(*asked)
    if bounds["first"] <= latest.first_step and latest.step <= bounds["last"]:
        return _Window(latest.first_step, latest.step, latest.points)
    row = run.fetch("curve_extent", "scalar", asked, name=name, **bounds).to_pylist()[0]
    if not row["points"]:
        return _Window(bounds["first"], bounds["first"], 0)
    # Buckets over the steps that have rows: an open end must not put all rows into one.
    return _Window(row["first_step"], row["last_step"], row["points"])


def _draw_exactly(name: str, table: pa.Table, first_bad: FirstBad | None) -> Curve:
    steps, values = to_steps(table["step"]), to_floats(table["value"])
    finite = np.isfinite(values)
    shown = np.where(finite, values, np.nan)
    at = np.where(finite, steps, -1)
    bad = (~finite).astype(np.int64)
    return Curve(name, steps, steps, shown, shown, shown, at, at, bad, first_bad, len(steps))


def _read_stages(run: RunFiles) -> list[Stage]:
    rows = run.fetch("value_changes", "scalar", pattern="lr/%").to_pylist()
    end = max((each.step for each in read_latest(run).values()), default=0)
    stages = []
    for name in sorted({row["name"] for row in rows}):
        changes = [row for row in rows if row["name"] == name]
        if len(changes) > MOST_STAGES:
            continue
        ends = [row["step"] - 1 for row in changes[1:]] + [max(end, changes[-1]["step"])]
        stages += [
            Stage(name.removeprefix("lr/"), row["step"], last, row["value"])
            for row, last in zip(changes, ends, strict=True)
        ]
    return stages

"""Says of each run how it is and how far it came, cheaply enough to be asked every two seconds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from data.damage import Damage
from data.digests import read_digest
from data.following import SUMMARY
from data.pulse import CRASHED_AFTER, Pace, tell_state
from data.run_files import RunFiles
from epochscope.log_reader import Heartbeat, read_heartbeat

_RECENT_STEPS = 500  # whose pauses say what is usual


@dataclass(frozen=True)
class FirstBad:
    """The first value of a scalar that is not finite: 'NaN', '+Inf' or '-Inf'."""

    name: str
    step: int
    value: str


@dataclass(frozen=True)
class LatestScalar:
    """What all values of one scalar come to: how many, the newest, the first bad one."""

    points: int
    first_step: int
    step: int
    value: float
    time: datetime
    bad: int
    first_bad: FirstBad | None


@dataclass(frozen=True)
class RunSummary:
    """One run as the table of runs shows it."""

    name: str
    state: str  # waiting, running, stalled, finished, failed, crashed or unreadable
    reason: str
    created: datetime
    step: int | None = None
    total_steps: int | None = None
    heartbeat_age_seconds: float | None = None
    duration_seconds: float | None = None
    config: dict[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    bytes: int = 0
    class_count: int = 0
    image_count: int = 0
    train_loss: float | None = None
    validation_loss: float | None = None
    train_error: float | None = None
    validation_error: float | None = None
    gap: float | None = None  # validation error - training error at the last validation
    first_bad: FirstBad | None = None
    has_predictions: bool = False
    has_scores: bool = False
    damaged_files: tuple[Damage, ...] = ()
    dropped_steps: int = 0
    version: str = ""


def name_bad_value(value: float) -> str:
    """Return how a value that is not finite is written: 'NaN', '+Inf' or '-Inf'."""
    if value != value:
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def read_latest(run: RunFiles) -> dict[str, LatestScalar]:
    """Return what the values of each scalar come to, by name."""
    parts = defaultdict(list)
    for row in read_digest(run, "scalar_digest"):
        parts[row["name"]].append(row)
    return {name: _join(name, rows) for name, rows in sorted(parts.items())}


def is_summarised(run: RunFiles) -> bool:
    """Tell whether the run has been summed up as it is now."""
    return run.followed.remembers(SUMMARY, run.version)


def summarise(run: RunFiles) -> RunSummary:
    """Return the summary of an opened run."""
    beat = None if run.state.end else read_heartbeat(run.folder)
    created = _read_created(run)
    age = None if run.state.end else run.followed.pulse.measure_age(beat, created)
    known = run.remember(SUMMARY, lambda: _summarise_content(run))
    steps = (known["step"], beat.step if beat else None)
    step = max((each for each in steps if each is not None), default=None)
    live = age is not None and age <= CRASHED_AFTER
    pace = run.remember("pace", lambda: _read_pace(run, step)) if live else Pace(None, None, None)
    state, reason = tell_state(run.state.end, step, beat, age or 0.0, pace)
    last = run.state.end.time if run.state.end else beat.time if beat else known["last_time"]
    return RunSummary(
        name=run.name,
        state=state,
        reason=reason,
        created=created,
        total_steps=_read_total(run, beat),
        heartbeat_age_seconds=age,
        duration_seconds=max((last - created).total_seconds(), 0.0) if last else None,
        damaged_files=run.damaged(),
        version=run.version,
        # Not of what is remembered of a version: compaction changes the files alone.
        bytes=sum(file.bytes for file in run.state.files) + sum(run.journalled.values()),
        **{**known["fields"], "step": step},
    )


def _read_created(run: RunFiles) -> datetime:
    created = datetime.fromisoformat(str(run.facts["created"]))
    return created if created.tzinfo else created.replace(tzinfo=UTC)


def _read_total(run: RunFiles, beat: Heartbeat | None) -> int | None:
    if beat and beat.total_steps is not None:
        return beat.total_steps
    total = run.facts.get("total_steps")
    return total if isinstance(total, int) else None


def _summarise_content(run: RunFiles) -> dict[str, Any]:
    latest = read_latest(run)
    classes = read_digest(run, "class_digest")
    events = read_digest(run, "event_digest")
    steps = [run.state.last_step, *(each.step for each in latest.values())]
    bad = [each.first_bad for each in latest.values() if each.first_bad]
    fields = {
        "config": run.facts.get("config") or {},
        "parameters": _count_parameters(run),
        "class_count": _count_rows(run, "classes"),
        "image_count": _count_rows(run, "images"),
        **_read_losses(run, latest),
        "first_bad": min(bad, key=lambda each: (each.step, each.name), default=None),
        "has_predictions": any(row["predicted"] for row in classes),
        "has_scores": any(row["scored"] for row in classes),
        "dropped_steps": sum(row["events"] for row in events if row["kind"] == "dropped"),
    }
    return {
        "fields": fields,
        "step": max((step for step in steps if step is not None), default=None),
        "last_time": max((each.time for each in latest.values()), default=None),
    }


def _read_losses(run: RunFiles, latest: dict[str, LatestScalar]) -> dict[str, float | None]:
    names = ("train/loss", "validation/loss", "train/error", "validation/error")
    values = {
        name.replace("/", "_"): latest[name].value if name in latest else None for name in names
    }
    gap = None
    if "train/error" in latest and "validation/error" in latest:
        step = latest["validation/error"].step
        error = _read_value_at(run, latest["train/error"], "train/error", step)
        gap = None if error is None else latest["validation/error"].value - error
    return {**values, "gap": gap}


def _read_value_at(run: RunFiles, newest: LatestScalar, name: str, step: int) -> float | None:
    if newest.step <= step:
        return newest.value
    table = run.fetch("values_at", "scalar", (None, step), names=[name], step=step)
    return table["value"][0].as_py() if table.num_rows else None


def _read_pace(run: RunFiles, step: int | None) -> Pace:
    after = (step or 0) - _RECENT_STEPS
    row = run.fetch("step_pauses", "scalar", (after, None), after=after).to_pylist()[0]
    last = row["last_time"]
    return Pace(row["usual"], row["longest"], None if last is None else _to_time(last))


def _count_parameters(run: RunFiles) -> int | None:
    stated = run.facts.get("parameters")
    if isinstance(stated, int):
        return stated
    found = [row["parameters"] for row in read_digest(run, "model_digest")]
    return found[-1] if found else None


def _count_rows(run: RunFiles, table: str) -> int:
    return sum(file.rows for file in run.state.of(table))


def _join(name: str, rows: Iterable[dict[str, Any]]) -> LatestScalar:
    rows = list(rows)
    newest = max(rows, key=lambda row: row["last_step"])
    bad = [row for row in rows if row["bad"]]
    first = min(bad, key=lambda row: row["first_bad_step"], default=None)
    return LatestScalar(
        points=sum(row["points"] for row in rows),
        first_step=min(row["first_step"] for row in rows),
        step=newest["last_step"],
        value=newest["last_value"],
        time=_to_time(newest["last_time"]),
        bad=sum(row["bad"] for row in rows),
        first_bad=_name_first_bad(name, first) if first else None,
    )


def _name_first_bad(name: str, row: dict[str, Any]) -> FirstBad:
    return FirstBad(name, row["first_bad_step"], name_bad_value(row["first_bad_value"]))


def _to_time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)

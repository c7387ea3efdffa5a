"""The timeline of the frame: loss, stages, recorded steps and marks of the chosen runs."""

from base64 import b64encode
from functools import lru_cache
from typing import Any

import numpy as np
from dash import Dash, Input, Output, no_update
from numpy.typing import ArrayLike

from callbacks.overview_load import load_curve, load_spikes
from data.scalars import (
    read_curve_names,
    read_events,
    read_recorded_steps,
    read_stages,
)
from data.store import Run, open_run
from ids import Shell

BUCKETS = 800  # at least one per two pixels of a wide screen
SPIKES_AT_MOST = 20
CHANGES_AT_MOST = 40  # a schedule that changes more often is continuous: no ticks
LOSSES = ("train/loss", "loss", "validation/loss")


def register(app: Dash) -> None:
    """Wire the chosen runs to the data of the timeline."""
    app.callback(
        Output(Shell.TIMELINE_DATA, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_timeline)


def show_timeline(chosen: list[str] | None, versions: dict[str, str] | None) -> Any:
    """Gather what the timeline draws of each chosen run."""
    if chosen is None:
        return no_update
    found = versions or {}
    return {"runs": [_describe(name, found.get(name, "")) for name in chosen]}


@lru_cache(maxsize=32)
def _describe(name: str, _version: str) -> dict[str, Any]:
    run = open_run(name)
    summary = run.summary()
    names = read_curve_names(run)
    loss = next((name for name in LOSSES if name in names), None)
    return {
        "name": name,
        "last": summary.step,
        "total": summary.total_steps,
        "loss": loss,
        "curve": describe_curve(run, loss) if loss else None,
        "stages": list_changes(run),
        "recorded": read_recorded_steps(run).tolist(),
        "marks": list_marks(run, loss),
    }


def describe_curve(run: Run, loss: str) -> dict[str, str] | None:
    """Pack a loss up to its first value that is not finite: steps, low and high, each as base64."""
    curve = load_curve(run, loss, None, None, BUCKETS).curve
    if curve is None:
        return None
    return {
        "steps": _pack((curve.first_steps + curve.last_steps) / 2, "<f8"),
        "low": _pack(curve.low, "<f4"),
        "high": _pack(curve.high, "<f4"),
    }


def list_changes(run: Run) -> list[dict[str, Any]]:
    """List the steps at which a learning rate changed; none for a continuous schedule."""
    stages = read_stages(run)
    begun = min((stage.first for stage in stages), default=0)
    changes = [
        {"step": stage.first, "group": stage.group, "value": stage.value}
        for stage in stages
        if stage.first > begun
    ]
    return changes if len(changes) <= CHANGES_AT_MOST else []


def list_marks(run: Run, loss: str | None) -> list[dict[str, Any]]:
    """List what the reader should look at: not finite, spikes, events; in order of steps."""
    marks = [
        {"step": event.step, "kind": "warn", "text": f"{event.kind}: {event.message}"}
        for event in read_events(run)
    ]
    bad = run.summary().first_bad
    if bad is not None:
        text = f"{bad.name} is {bad.value} from step {bad.step:,}"
        marks.append({"step": bad.step, "kind": "bad", "text": text})
    if loss is not None:
        spikes = load_spikes(run, loss).strongest(SPIKES_AT_MOST)
        marks += [
            {"step": step, "kind": "warn", "text": f"{loss} leapt to {value:.3g} at step {step:,}"}
            for step, value in zip(spikes.steps.tolist(), spikes.values.tolist(), strict=True)
        ]
    return sorted(marks, key=lambda mark: mark["step"])


def _pack(values: ArrayLike, kind: str) -> str:
    return b64encode(np.asarray(values, kind).tobytes()).decode()

"""Callback of the table of runs: every run of the log folder as a row."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output

from data.store import RunSummary, list_runs
from ids import Overview, Shell
from settings import settings

MOST_HYPER_PARAMETERS = 12  # columns; the filter still knows the others
RATES = ("lr", "learning_rate")

Row = dict[str, Any]


def register(app: Dash) -> None:
    """Wire the table to what is new in the log; choosing and filtering happen in the browser."""
    app.callback(
        Output(Overview.RUNS, "columnDefs"),
        Output(Overview.RUNS, "rowData"),
        Output(Overview.RUNS_COUNT, "children"),
        Input(Shell.LIVE, "data"),
    )(show_runs)
    app.clientside_callback(
        ClientsideFunction("overview", "filterRuns"),
        Output(Overview.FILTER_PROBLEM, "children"),
        Input(Overview.FILTER, "value"),
        Input(Overview.RUNS, "rowData"),
    )
    app.clientside_callback(
        ClientsideFunction("overview", "showChosen"),
        Output(Overview.RUNS, "className"),  # an output of the page: elsewhere it does not run
        Input(Shell.CHOSEN, "data"),
        Input(Overview.RUNS, "rowData"),
    )


def show_runs(live: Mapping[str, Any] | None) -> tuple[list[dict[str, Any]], list[Row], str]:
    """Show a row per run, newest first, and a column per hyper-parameter in which runs differ."""
    runs = list_runs()
    keys = find_differing(runs)
    rows = [describe_run(run, keys) for run in runs]
    noted = any(row["notes"] for row in rows)
    return (
        build_columns(keys, noted, _measure_steps(runs)),
        rows,
        f"{len(runs):,} in {settings().logdir.name}/",
    )


def _measure_steps(runs: Sequence[RunSummary]) -> int:
    # Wide enough for the longest "step / total steps", at about 7.4 px per character.
    longest = max((len(f"{run.step or 0:,} / {run.total_steps or 0:,}") for run in runs), default=0)
    return max(112, 22 + round(7.4 * longest))


def find_differing(runs: Sequence[RunSummary]) -> list[str]:
    """Name the hyper-parameters that are not the same in all runs, learning rates left out."""
    names = dict.fromkeys(key for run in runs for key in run.config)
    differing = [
        name
        for name in names
        if name not in RATES and len({_text(run.config.get(name)) for run in runs}) > 1
    ]
    return differing[:MOST_HYPER_PARAMETERS]


def describe_run(run: RunSummary, keys: Sequence[str]) -> Row:
    """Describe a run for its row: numbers as they are, what is not finite as its word."""
    word, tone, shape = describe_state(run)
    row: Row = {
        "name": run.name,
        "word": word,
        "tone": tone,
        "shape": shape,
        "reason": run.reason,
        "step": run.step,
        "total": run.total_steps,
        "lr": next((_cell(run.config[key]) for key in RATES if key in run.config), None),
        "loss": _cell(run.train_loss),
        "validation_loss": _cell(run.validation_loss),
        "error": _cell(run.train_error),
        "validation_error": _cell(run.validation_error),
        "gap": _cell(run.gap),
        "parameters": run.parameters,
        "size": run.bytes,
        "duration": run.duration_seconds,
        "created": run.created.isoformat(),
        "notes": describe_notes(run),
        "config": {key: _cell(value) for key, value in run.config.items()},
    }
    return row | {f"config_{n}": _cell(run.config.get(key)) for n, key in enumerate(keys)}


def describe_state(run: RunSummary) -> tuple[str, str, str]:
    """Return the word, tone and shape of a run's state: never the colour alone."""
    if run.first_bad is not None and run.state in ("running", "finished", "failed", "stalled"):
        value = run.first_bad.value.replace("-", "−")
        return f"{value} at {run.first_bad.step:,}", "bad", "square"
    return {
        "waiting": ("waiting", "", "ring"),
        "running": ("training", "good", "beat"),
        "stalled": ("stalled", "warn", "ring"),
        "finished": ("finished", "", ""),
        "failed": ("failed", "bad", "square"),
        "crashed": ("crashed", "bad", "ring"),
        "unreadable": ("unreadable", "bad", "square"),
    }[run.state]


def describe_notes(run: RunSummary) -> str:
    """Name what is damaged or was dropped."""
    notes = []
    if run.damaged_files:
        count = len(run.damaged_files)
        notes.append(f"{count:,} damaged {'file' if count == 1 else 'files'}")
    if run.dropped_steps:
        steps = "recorded step" if run.dropped_steps == 1 else "recorded steps"
        notes.append(f"{run.dropped_steps:,} {steps} dropped")
    return ", ".join(notes)


def build_columns(keys: Sequence[str], noted: bool, step_width: int = 112) -> list[dict[str, Any]]:
    """Build the columns: name and state, how far and how well, then what else is known."""
    return [
        _column("name", "Run", 124, cellRenderer="OverviewRun", pinned="left"),
        _column("word", "State", 112, cellRenderer="OverviewState", tooltipField="reason"),
        *([_column("notes", "Notes", 180, cellClass="warn-text")] if noted else []),
        _number("step", "Step", step_width, "overviewProgress(params)"),
        _number("lr", "LR", 66),
        _number("loss", "Loss", 66),
        _number("validation_error", "Val. error", 78, "overviewShare(params.value)"),
        _number("gap", "Gap", 58, "overviewPoints(params.value)"),
        *(_number(f"config_{n}", key, 90) for n, key in enumerate(keys)),
        _number("validation_loss", "Val. loss", 80),
        _number("error", "Train error", 92, "overviewShare(params.value)"),
        _number("parameters", "Parameters", 96, "overviewCount(params.value)"),
        _number("size", "Size", 80, "overviewBytes(params.value)"),
        _number("duration", "Duration", 88, "overviewDuration(params.value)"),
        _number("created", "Created", 118, "overviewTime(params.value)"),
    ]


def _column(field: str, title: str, width: int, **more: Any) -> dict[str, Any]:
    return {"field": field, "headerName": title, "width": width, "minWidth": 56, **more}


def _number(
    field: str, title: str, width: int, write: str = "overviewNumber(params.value)"
) -> dict[str, Any]:
    return _column(
        field,
        title,
        width,
        headerClass="n-header",
        cellClass="n-cell",
        cellClassRules={"nan": "overviewIsBad(params.value)"},
        valueFormatter={"function": write},
        comparator={"function": "overviewCompare"},
    )


def _cell(value: object) -> object:
    # JSON has no NaN: what is not finite travels as its word.
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "−Inf"
    if value is None or isinstance(value, bool | int | float | str):
        return str(value) if isinstance(value, bool) else value
    return _text(value)


def _text(value: object) -> str:
    return json.dumps(value, default=str, sort_keys=True)

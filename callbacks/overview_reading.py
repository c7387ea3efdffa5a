"""Callbacks of the read-outs at the focus step and of the findings."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dash import Dash, Input, Output, html, no_update
from dash.development.base_component import Component

from callbacks.overview_findings import Finding, list_findings
from callbacks.overview_load import ChosenRun, has_curve, open_chosen
from data.scalars import read_curve_names, read_values_at
from data.store import list_runs
from figures.numbers import format_number, format_share
from ids import Overview, Shell

SHOWN = {
    "train/loss": "loss",
    "validation/loss": "validation loss",
    "train/error": "error",
    "validation/error": "validation error",
}
LATER = "Dead filters, forgotten classes and the layer that moved first will be listed here too."


def register(app: Dash) -> None:
    """Wire the read-outs to the focus step, the findings to the chosen runs."""
    app.callback(
        Output(Overview.AT_TITLE, "children"),
        Output(Overview.AT, "children"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_values)
    app.callback(
        Output(Overview.FINDINGS, "children"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_findings)


def show_values(
    chosen: Sequence[str] | None, focus: int | None, versions: Mapping[str, str] | None
) -> tuple[object, object]:
    """Show what the chosen runs recorded at the focus step, or at their newest."""
    if not chosen:
        return no_update, no_update
    runs = open_chosen(chosen)
    rows = [row for run in runs for row in _list_values(run, focus)]
    title = "At the newest step" if focus is None else f"At step {focus:,}"
    if not rows:
        return title, html.P("Nothing was recorded up to here.", className="sub")
    return title, html.Table(html.Tbody(rows), className="read-outs")


def _list_values(chosen: ChosenRun, focus: int | None) -> list[Component]:
    run = chosen.run
    at = run.summary().step if focus is None else focus
    if at is None:
        return []
    rates = [name for name in read_curve_names(run) if name.startswith("lr/")]
    names = {name: word for name, word in SHOWN.items() if has_curve(run, name)}
    names |= {n: "learning rate" if len(rates) == 1 else f"learning rate {n[3:]}" for n in rates}
    found = read_values_at(run, list(names), at)
    return [
        _write_value(run.name, name, word, *found[name], at)
        for name, word in names.items()
        if name in found
    ]


def _write_value(run: str, name: str, word: str, step: int, value: float, at: int) -> Component:
    write = format_share if name.endswith("/error") else format_number
    # A validation is older than the focus step: say how old. A rate is written when it changes.
    aged = name.startswith("validation/") and step != at
    since = [html.Span(f" at {step:,}", className="since")] if aged else []
    bad = "" if math.isfinite(value) else " nan"
    return html.Tr(
        [
            html.Td([f"{run} {word}", *since]),
            html.Td(write(value), className=f"n num{bad}"),
        ]
    )


def show_findings(chosen: Sequence[str] | None, versions: Mapping[str, str] | None) -> object:
    """List where losses stopped being finite and where they leapt; the rest comes later."""
    if not chosen:
        return no_update
    findings = list_findings(list_runs(), open_chosen(chosen))
    items = [html.Li(_draw_finding(finding)) for finding in findings]
    nothing = "" if items else "No loss is out of bounds. "
    return [
        html.Ul(items, className="findings"),
        html.P(nothing + LATER, className="findings-note"),
    ]


def _draw_finding(finding: Finding) -> html.Button:
    where: dict[str, Any] = {"data-run": finding.run, "data-step": str(finding.step)}
    return html.Button(
        [
            html.I(),
            html.Span(finding.run, className="run"),
            html.Span(finding.text, className="text"),
        ],
        type="button",
        className=f"finding {finding.tone}",
        title=f"Show {finding.run} and move the focus step to {finding.step:,}",
        **where,
    )

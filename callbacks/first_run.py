"""Callbacks of the first-run page: it looks at the log folder and opens the first run that begins."""

from datetime import UTC, datetime

from dash import ClientsideFunction, Dash, Input, Output
from dash.development.base_component import Component

from data.log_place import inspect_log_place
from data.store import RunSummary, list_runs
from ids import FirstRun, Shell
from parts.first_run import draw_begun, draw_folder, draw_watch
from settings import settings


def register(app: Dash) -> None:
    """Wire the page: what it watches, what it opens, its sample charts."""
    app.callback(
        Output(FirstRun.WATCH, "children"),
        Output(FirstRun.FOLDER, "children"),
        Input(Shell.TICK, "n_intervals"),
        prevent_initial_call=True,
    )(show_folder)
    app.clientside_callback(
        ClientsideFunction("first_run", "open"),
        Output(FirstRun.WATCH, "className"),
        Input(FirstRun.WATCH, "children"),
    )
    app.clientside_callback(
        ClientsideFunction("first_run", "draw"),
        Output(FirstRun.SAMPLES, "id"),
        Input(FirstRun.SAMPLES, "data"),
    )


def show_folder(_: int) -> tuple[Component, list[Component]]:
    """Look at the log folder again."""
    place = inspect_log_place(settings().logdir)
    runs = [] if place.trouble else list_runs()
    watch = _show_run(_first(runs)) if runs else draw_watch(place)
    return watch, draw_folder(place, len(runs))


def _first(runs: list[RunSummary]) -> RunSummary:
    begun = [run for run in runs if run.step is not None]
    return min(begun or runs, key=lambda run: run.created)


def _show_run(run: RunSummary) -> Component:
    return draw_begun(run.name, run.step, (datetime.now(UTC) - run.created).total_seconds())

"""Callbacks of the loss and error charts: load, find, draw."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, no_update
from dash.development.base_component import Component

from callbacks.overview_chart import build_chart
from callbacks.overview_load import ChosenRun, has_curve, open_chosen
from callbacks.overview_texts import describe_chart, explain_missing_error, explain_missing_loss
from callbacks.overview_view import CurveView, read_view
from data.store import open_run
from figures.loss_curves import draw_loss_curves
from ids import Overview, Shell

Drawing = tuple[Any, Any, Any]


def register(app: Dash) -> None:
    """Wire both charts to the selection and to what is new in the chosen runs."""
    inputs = (
        Input(Shell.CHOSEN, "data"),
        Input(Shell.RANGE, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
        Input(Overview.VIEW, "data"),
    )
    app.callback(
        Output(Overview.LOSS_FIGURE, "data"),
        Output(Overview.LOSS_NOTE, "children"),
        Output(Overview.LOSS_TEXT, "children"),
        *inputs,
    )(show_loss)
    app.callback(
        Output(Overview.ERROR_FIGURE, "data"),
        Output(Overview.ERROR_NOTE, "children"),
        Output(Overview.ERROR_TEXT, "children"),
        *inputs,
    )(show_error)


def show_loss(
    chosen: Sequence[str] | None,
    range_: Sequence[int] | None,
    versions: Mapping[str, str] | None,
    view: Mapping[str, object] | None,
) -> Drawing:
    """Show the training and validation loss of the chosen runs."""
    return _show("loss", explain_missing_loss, chosen, range_, view)


def show_error(
    chosen: Sequence[str] | None,
    range_: Sequence[int] | None,
    versions: Mapping[str, str] | None,
    view: Mapping[str, object] | None,
) -> Drawing:
    """Show the training and validation error of the chosen runs, or say what records it."""
    return _show("error", explain_missing_error, chosen, range_, view)


def _show(
    kind: str,
    explain_missing: Callable[[Sequence[ChosenRun], int], list[Component]],
    chosen: Sequence[str] | None,
    range_: Sequence[int] | None,
    view: Mapping[str, object] | None,
) -> Drawing:
    if not chosen or view is None:
        return no_update, no_update, no_update
    runs = open_chosen(chosen)
    versions = tuple((one.place, one.run.name, one.run.version) for one in runs)
    return (
        _draw(versions, kind, (range_[0], range_[1]) if range_ else None, read_view(view)),
        explain_missing(_without(runs, kind), len(runs)),
        describe_chart(runs, kind, range_),
    )


@lru_cache(maxsize=32)
def _draw(
    runs: tuple[tuple[int, str, str], ...],
    kind: str,
    range_: tuple[int, int] | None,
    view: CurveView,
) -> go.Figure | None:
    # Once per version of the runs, and for all readers: Plotly checks every point of a figure.
    chosen = [ChosenRun(place, open_run(name)) for place, name, _ in runs]
    chart = build_chart(chosen, kind, range_, view)
    return None if chart is None else draw_loss_curves(chart)


def _without(runs: Sequence[ChosenRun], kind: str) -> list[ChosenRun]:
    parts = (f"train/{kind}", f"validation/{kind}")
    return [chosen for chosen in runs if not any(has_curve(chosen.run, part) for part in parts)]

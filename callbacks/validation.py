"""Callbacks of the Validation page: strips of the chosen runs, open classes, the pinned image."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks.validation_answers import load_answers
from callbacks.validation_charts import load_charts
from callbacks.validation_notes import describe_notes, describe_unreadable
from callbacks.validation_strips import load_strips
from figures.validation_images import draw_answers, draw_class
from figures.validation_rows import draw_strips
from ids import Shell, Validation

Payload = dict[str, Any]
Versions = Mapping[str, str] | None

CONTROLS = ("SORT", "COLOR", "ORDER", "HEIGHT")


def register(app: Dash) -> None:
    """Wire the page: the server reads and packs, the browser lays out and paints."""
    app.callback(
        Output(Validation.STRIPS, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_strips)
    app.callback(
        Output(Validation.CHARTS, "data"),
        Input(Validation.OPEN, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_charts)
    app.callback(
        Output(Validation.ANSWERS, "data"),
        Input(Shell.IMAGES, "data"),
        Input(Validation.OPEN, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_answers)
    _register_drawing(app)


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("validation", "open"),
        Output(Validation.OPEN, "data"),
        Input(Shell.OPTIONS, "data"),
        State(Validation.OPEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("validation", "draw"),
        Output(Validation.CARD, "className"),
        Input(Validation.STRIPS, "data"),
        Input(Validation.CHARTS, "data"),
        Input(Validation.ANSWERS, "data"),
        Input(Shell.IMAGES, "data"),
        Input(Shell.CLASSES, "data"),
        Input(Shell.OPTIONS, "data"),
        Input(Validation.SEARCH, "value"),
        Input(Shell.CHOSEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("validation", "mark"),
        Output(Validation.TEXT, "children"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.RANGE, "data"),
        Input(Validation.CARD, "className"),
    )
    app.clientside_callback(
        ClientsideFunction("validation", "showControls"),
        *(Output(getattr(Validation, name), "value") for name in CONTROLS),
        Input(Shell.OPTIONS, "data"),
        Input(Validation.CARD, "className"),
    )
    app.clientside_callback(
        ClientsideFunction("validation", "choose"),
        Output(Validation.HEIGHT_TEXT, "children"),
        *(Input(getattr(Validation, name), "value") for name in CONTROLS),
    )


def show_strips(chosen: Sequence[str] | None, _: Versions) -> Payload | None:
    """Load the class results of the chosen runs and pack a strip per class."""
    if not chosen:
        return None
    loaded = load_strips(chosen)
    strips = draw_strips(loaded.runs, loaded.rows, loaded.scale)
    return {**strips, "notes": describe_notes(loaded)}


def show_charts(
    opened: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload:
    """Load the images of the open classes and pack a pixel chart each."""
    if not chosen or not opened or not opened["rows"]:
        return {"charts": [], "notes": []}
    loaded = load_charts(chosen, opened["rows"], opened["order"])
    charts = [draw_class(chart, scale) for chart, scale in loaded.charts]
    return {"charts": charts, "notes": describe_unreadable(loaded.unreadable)}


def show_answers(
    images: Sequence[int] | None,
    opened: Mapping[str, Any] | None,
    chosen: Sequence[str] | None,
    _: Versions,
) -> Payload | None:
    """Load what each run answered to the pinned image, and what it was taken for."""
    if not images or not chosen or not opened or not opened["rows"]:
        return None
    loaded = load_answers(chosen, images[-1], opened["rows"])
    return None if loaded is None else draw_answers(images[-1], *loaded)

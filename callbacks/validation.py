"""Callbacks of the Validation page: strips and clusters, anomaly iterations, open classes, images."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks.anomalies import AnomalySettings
from callbacks.browser_functions import register_changes
from callbacks.validation_anomalies import load_anomalies, load_suggestion, read_chosen
from callbacks.validation_answers import load_answers
from callbacks.validation_charts import load_charts
from callbacks.validation_clusters import load_clusters, load_silhouettes
from callbacks.validation_flipped import load_flipped
from callbacks.validation_notes import describe_notes, describe_unreadable
from callbacks.validation_strips import load_strips
from data.store import open_run
from figures.validation_anomalies import draw_anomalies
from figures.validation_clusters import draw_clusters, draw_silhouettes
from figures.validation_flipped import draw_flipped
from figures.validation_images import draw_answers, draw_class
from figures.validation_rows import draw_strips
from ids import Shell, Validation

Payload = dict[str, Any]
Versions = Mapping[str, str] | None

CONTROLS = ("SORT", "COLOR", "ORDER", "HEIGHT", "K", "ONLY", "CLUSTERS_OF", "ORDER_OF", "MODE")
RULES = ("WINDOW", "THRESHOLD", "RULE", "FLIPS")
TEXTS = ("HEIGHT_TEXT", "K_TEXT", "WINDOW_TEXT", "THRESHOLD_TEXT")


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
        prevent_initial_call=True,
    )(show_charts)
    app.callback(
        Output(Validation.ANSWERS, "data"),
        Input(Shell.IMAGES, "data"),
        Input(Validation.OPEN, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_answers)
    _register_anomalies(app)
    _register_selection(app)
    _register_drawing(app)
    _register_dock(app)
    _register_panel(app)


def _register_anomalies(app: Dash) -> None:
    runs = (Input(Shell.CHOSEN, "data"), Input(Shell.CHOSEN_VERSIONS, "data"))
    for output, asked, show in (
        (Validation.CLUSTERS, Validation.GROUPING, show_clusters),
        (Validation.SILHOUETTES, Validation.COMPARED, show_silhouettes),
        (Validation.ANOMALIES, Shell.SETTINGS, show_anomalies),
        (Validation.SUGGESTION, Validation.ASKED, show_suggestion),
        (Validation.FLIPPED, Validation.FLIPPED_AT, show_flipped),
    ):
        app.callback(Output(output, "data"), Input(asked, "data"), *runs)(show)


def _register_selection(app: Dash) -> None:
    register_changes(
        app,
        "validation",
        "ask",
        [Output(store, "data") for store in (Validation.OPEN, Validation.GROUPING)],
        [Input(Shell.SELECTION, "data")],
    )
    # What takes long, and what only the table tells, is asked for once that is drawn.
    register_changes(
        app,
        "validation",
        "askMore",
        [
            Output(store, "data")
            for store in (Validation.COMPARED, Validation.ASKED, Validation.FLIPPED_AT)
        ],
        [
            Input(Validation.TABLE, "data-drawn"),
            Input(Shell.SELECTION, "data"),
            Input(Shell.FOCUS, "data"),
            Input(Shell.CLASSES, "data"),
        ],
    )


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("validation", "draw"),
        Output(Validation.CARD, "className"),
        Output(Validation.TEXT, "children"),
        Input(Validation.STRIPS, "data"),
        Input(Validation.CLUSTERS, "data"),
        Input(Validation.CHARTS, "data"),
        Input(Validation.ANSWERS, "data"),
        Input(Shell.IMAGES, "data"),
        Input(Shell.CLASSES, "data"),
        Input(Shell.OPTIONS, "data"),
        Input(Validation.SEARCH, "value"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.RANGE, "data"),
        State(Validation.ANOMALIES, "data"),
    )


def _register_dock(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("validation", "drawAnomalies"),
        Output(Validation.TABLE, "data-drawn"),
        Input(Validation.ANOMALIES, "data"),
        Input(Validation.CARD, "className"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.SELECTION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("validation", "drawPictures"),
        Output(Validation.PICTURES, "data-drawn"),
        Input(Validation.FLIPPED, "data"),
        Input(Validation.CARD, "className"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.IMAGES, "data"),
        Input(Shell.CLASSES, "data"),
        Input(Validation.CHARTS, "data"),
    )


def _register_panel(app: Dash) -> None:
    controls = [getattr(Validation, name) for name in (*CONTROLS, *RULES)]
    value = {Validation.ONLY: "checked"}
    register_changes(
        app,
        "validation",
        "showControls",
        [Output(control, value.get(control, "value")) for control in controls]
        + [Output(run, "data") for run in (Validation.CLUSTERS_OF, Validation.ORDER_OF)]
        + [
            Output(Validation.WINDOW, "disabled"),
            Output(Validation.WINDOW_FIELD, "title"),
            Output(Validation.WINDOW_WHY, "children"),
        ],
        [Input(Shell.SELECTION, "data"), Input(Validation.CARD, "className")],
    )
    register_changes(
        app,
        "validation",
        "choose",
        [Output(getattr(Validation, text), "children") for text in TEXTS],
        [Input(control, value.get(control, "value")) for control in controls],
    )
    app.clientside_callback(
        ClientsideFunction("validation", "drawBars"),
        Output(Validation.K_HINT, "children"),
        Output(Validation.SUGGESTED, "data-drawn"),
        Input(Validation.SILHOUETTES, "data"),
        Input(Validation.SUGGESTION, "data"),
        Input(Validation.CARD, "className"),
        Input(Shell.SCHEME, "data"),
    )


def show_strips(chosen: Sequence[str] | None, _: Versions) -> Payload | None:
    """Load the class results of the chosen runs and pack a strip per class."""
    if not chosen:
        return None
    return _pack_strips(tuple((name, open_run(name).version) for name in chosen))


@lru_cache(maxsize=4)
def _pack_strips(runs: tuple[tuple[str, str], ...]) -> Payload:
    # Once per version of the runs: a thousand classes take longer to pack than to send.
    loaded = load_strips([name for name, _ in runs])
    strips = draw_strips(loaded.runs, loaded.rows, loaded.scale)
    return {**strips, "notes": describe_notes(loaded)}


def show_charts(
    opened: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload:
    """Load the images of the open classes and pack a pixel chart each."""
    if not chosen or not opened:
        return {"charts": [], "notes": []}
    loaded = load_charts(chosen, opened["rows"], opened["order"], opened.get("of", ""))
    charts = [draw_class(chart, scale) for chart, scale in loaded.charts]
    return {"charts": charts, "notes": describe_unreadable(loaded.unreadable)}


def show_answers(
    images: Sequence[int] | None,
    opened: Mapping[str, Any] | None,
    chosen: Sequence[str] | None,
    _: Versions,
) -> Payload | None:
    """Load what each run answered to the pinned image, and what it was taken for."""
    if not images or not chosen or not opened:
        return None
    loaded = load_answers(chosen, images[-1], opened["rows"])
    return None if loaded is None else draw_answers(images[-1], *loaded)


def show_clusters(
    grouping: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload | None:
    """Group the classes of the chosen runs and order them by similarity."""
    if not chosen or grouping is None:
        return None
    return draw_clusters(load_clusters(chosen, grouping["k"], grouping["of"]))


def show_silhouettes(
    compared: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload | None:
    """Measure how well 2, 3, … clusters stand apart."""
    if not chosen or compared is None:
        return None
    return draw_silhouettes(*load_silhouettes(chosen, compared["of"]))


def show_anomalies(
    settings: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload | None:
    """Find the anomaly iterations of the chosen runs and pack the strongest."""
    if not chosen or settings is None:
        return None
    key = tuple((name, open_run(name).version) for name in chosen)
    return _pack_anomalies(key, read_chosen(settings))


@lru_cache(maxsize=32)
def _pack_anomalies(runs: tuple[tuple[str, str], ...], settings: AnomalySettings) -> Payload:
    found = load_anomalies([name for name, _ in runs], settings)
    return draw_anomalies(found, vars(settings))


def show_suggestion(
    asked: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload | None:
    """Suggest a window and a threshold for the first run that predicted labels."""
    if not chosen or asked is None:
        return None
    return load_suggestion(chosen, read_chosen(asked["settings"]), asked["now"])


def show_flipped(
    asked: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload | None:
    """Load the images that flipped at the focus step, by class."""
    if not chosen or not asked or not asked["rows"]:
        return None
    settings = read_chosen(asked["settings"])
    return draw_flipped(asked["step"], load_flipped(chosen, asked["step"], asked["rows"], settings))

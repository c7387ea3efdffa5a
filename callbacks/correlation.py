"""Callbacks of the Correlation page: what flips where which filters move."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from callbacks.anomalies import load_suggestions
from callbacks.browser_functions import register_changes
from callbacks.correlation_flipped import load_flipped_of
from callbacks.correlation_lift import load_lift
from callbacks.correlation_load import read_ahead
from callbacks.correlation_matrix import load_matrix
from callbacks.correlation_order import load_errors, place_classes
from callbacks.correlation_settings import read_asked
from callbacks.validation_charts import align_rows
from data.errors import UnreadableRunError
from data.store import open_run
from figures.correlation import draw_lift, draw_matrix, draw_strips
from figures.validation_flipped import draw_flipped
from ids import Correlation, Shell

Payload = dict[str, Any]
Versions = Mapping[str, str] | None


def register(app: Dash) -> None:
    """Wire the page: the server finds and packs, the browser lays out, paints and links."""
    app.callback(
        Output(Correlation.STRIPS, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_strips)
    app.callback(
        Output(Correlation.MATRIX, "data"),
        Output(Correlation.KEY, "data"),
        Input(Correlation.ASKED, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_matrix)
    app.callback(
        Output(Correlation.LIFT, "data"),
        Input(Correlation.KEY, "data"),
        State(Correlation.ASKED, "data"),
        State(Shell.CHOSEN, "data"),
        prevent_initial_call=True,
    )(show_lift)
    app.callback(
        Output(Correlation.SUGGESTED, "data"),
        Input(Correlation.SUGGEST, "data"),
        State(Correlation.ASKED, "data"),
        State(Shell.CHOSEN, "data"),
        prevent_initial_call=True,
    )(show_suggestions)
    app.callback(
        Output(Correlation.FLIPPED, "data"),
        Input(Correlation.PINNED_PAIRS, "data"),
        State(Correlation.ASKED, "data"),
        State(Shell.CHOSEN, "data"),
        prevent_initial_call=True,
    )(show_flipped)
    _register_drawing(app)


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("correlation", "ask"),
        Output(Correlation.ASKED, "data"),
        Input(Shell.SELECTION, "data"),
        State(Correlation.ASKED, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("correlation", "draw"),
        Output(Correlation.CARD, "className"),
        Input(Correlation.MATRIX, "data"),
        Input(Correlation.STRIPS, "data"),
        Input(Shell.SELECTION, "data"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.RANGE, "data"),
        Input(Shell.CHOSEN, "data"),
    )
    # They come after the matrix, which does not wait for them.
    app.clientside_callback(
        ClientsideFunction("correlation", "takeLift"), Input(Correlation.LIFT, "data")
    )
    app.clientside_callback(
        ClientsideFunction("correlation", "takeSuggested"), Input(Correlation.SUGGESTED, "data")
    )
    app.clientside_callback(
        ClientsideFunction("correlation", "showFlipped"),
        Output(Correlation.IMAGES, "className"),
        Input(Correlation.FLIPPED, "data"),
    )
    _register_panel(app)


def _register_panel(app: Dash) -> None:
    register_changes(
        app,
        "correlation",
        "showControls",
        [Output(control, "value") for control in Correlation.CONTROLS],
        [Input(Correlation.MATRIX, "data"), Input(Shell.SELECTION, "data")],
    )
    register_changes(
        app,
        "correlation",
        "choose",
        [Output(Correlation.read_out(slider), "children") for slider in Correlation.SLIDERS],
        [Input(control, "value") for control in Correlation.CONTROLS],
    )


def show_strips(chosen: Sequence[str] | None, _: Versions) -> Payload | None:
    """Load the errors of all classes of the chosen runs, for the Validation face."""
    if not chosen:
        return None
    runs = tuple(open_run(name) for name in chosen)
    try:
        rows = align_rows(runs)
        errors = [load_errors(run.name, run.version) for run in runs]
    except UnreadableRunError:
        return draw_strips([None for _ in runs])
    return draw_strips(
        [
            None if found is None else (found, place_classes(run, place, rows))
            for place, (run, found) in enumerate(zip(runs, errors, strict=True))
        ]
    )


def show_matrix(asked: Payload | None, chosen: Sequence[str] | None, _: Versions) -> Any:
    """Load anomaly iterations, their filters and mini-sets, and the rows beside them."""
    if not chosen or asked is None:
        return no_update, no_update
    matrix = load_matrix(chosen, read_asked(asked))
    return draw_matrix(matrix), matrix.key


def show_lift(key: str | None, asked: Payload | None, chosen: Sequence[str] | None) -> Any:
    """Compare what the matrix holds with chance, after it is drawn."""
    if not key or not chosen:
        return no_update
    wanted = read_asked(asked)
    found = load_lift(chosen, wanted)
    # The faces are drawn by now, and another window is likely to be asked for.
    if not wanted.abstract:
        for name in chosen:
            read_ahead(open_run(name))
    return draw_lift(found.key, found.runs, found.pairs)


def show_suggestions(
    wanted: str | None, asked: Payload | None, chosen: Sequence[str] | None
) -> Any:
    """Suggest windows and thresholds for the first run that has any, once they are asked for."""
    if not wanted or not chosen:
        return no_update
    settings = read_asked(asked).anomalies
    found = next(filter(None, (load_suggestions(open_run(name), settings) for name in chosen)), ())
    return {
        "wanted": wanted,
        "found": [[each.window, each.threshold, each.found] for each in found],
    }


def show_flipped(
    pinned: Sequence[Sequence[Any]] | None, asked: Payload | None, chosen: Sequence[str] | None
) -> Any:
    """Load the images that flipped at the pinned steps, by class: [step, [row, …]] each."""
    if not pinned or not chosen:
        return []
    settings = read_asked(asked).anomalies
    return [draw_flipped(step, found) for step, found in load_flipped_of(chosen, pinned, settings)]

"""Callbacks of the filters on the Layers page: pixel charts, top-changing strips, marks, one filter."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from analytics.filter_quantities import QUANTITIES
from callbacks.browser_functions import register_changes
from callbacks.layers_filters_lists import load_lists
from callbacks.layers_filters_page import load_filter, load_hover
from callbacks.layers_filters_raster import FilterView, load_filters
from callbacks.layers_filters_top import TopAsk, load_top
from figures.layers_filter_page import draw_filter, draw_hover
from figures.layers_filters import draw_filters
from figures.layers_filters_top import draw_top
from ids import Layers, LayersFilters, Shell

Payload = dict[str, Any]
Ask = Mapping[str, Any] | None
Names = Sequence[str] | None
Versions = Mapping[str, str] | None

CONTROLS = (LayersFilters.QUANTITY, LayersFilters.BY, LayersFilters.ORDER, LayersFilters.HEIGHT)
TOP_CONTROLS = (
    LayersFilters.TOP_SLIDER,
    LayersFilters.TOP_NUMBER,
    LayersFilters.TOP_MEASURE,
    LayersFilters.TOP_STEPS,
)


def register(app: Dash) -> None:
    """Wire the filters: the server reads and packs, the browser lays out and paints."""
    chosen = Input(Shell.CHOSEN, "data"), Input(Shell.CHOSEN_VERSIONS, "data")
    app.callback(
        Output(LayersFilters.CHARTS, "data"),
        Input(LayersFilters.ASK, "data"),
        Input(Shell.RANGE, "data"),
        *chosen,
        prevent_initial_call=True,  # as all that waits for what the browser asks for
    )(show_filters)
    app.callback(
        Output(LayersFilters.TOP_DATA, "data"),
        Input(LayersFilters.TOP_ASK, "data"),
        *chosen,
        prevent_initial_call=True,
    )(show_top)
    app.callback(Output(LayersFilters.MARKS, "data"), Input(Shell.RANGE, "data"), *chosen)(
        show_lists
    )
    app.callback(
        Output(LayersFilters.PAGE_DATA, "data"),
        Input(LayersFilters.PAGE_ASK, "data"),
        *chosen,
        prevent_initial_call=True,
    )(show_filter)
    app.callback(
        Output(LayersFilters.HOVERED, "data"),
        Input(LayersFilters.HOVER, "data"),
        prevent_initial_call=True,
    )(show_hover)
    _register_charts(app)
    _register_top(app)
    _register_page(app)


def _register_charts(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("layersFilters", "take"),
        Output(LayersFilters.TEXT, "children"),
        Input(LayersFilters.CHARTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("layersFilters", "hovered"),
        Output(LayersFilters.HOVER_TEXT, "children"),
        Input(LayersFilters.HOVERED, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("layersFilters", "takeMarks"),
        Output(LayersFilters.LISTS, "className"),
        Input(LayersFilters.MARKS, "data"),
        State(LayersFilters.LISTS, "id"),
    )
    register_changes(
        app,
        "layersFilters",
        "showControls",
        [Output(control, "value") for control in CONTROLS],
        [Input(Shell.OPTIONS, "data")],
    )
    register_changes(
        app,
        "layersFilters",
        "chooseControls",
        [Output(LayersFilters.HEIGHT_TEXT, "children")],
        [Input(control, "value") for control in CONTROLS],
    )


def _register_top(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("layersFilters", "takeTop"),
        Output(LayersFilters.TOP_TEXT, "children"),
        Input(LayersFilters.TOP_DATA, "data"),
        Input(Layers.CARD, "className"),
    )
    register_changes(
        app,
        "layersFilters",
        "showTopControls",
        [
            Output(LayersFilters.TOP_SLIDER, "value"),
            Output(LayersFilters.TOP_SLIDER, "max"),
            *(Output(control, "value") for control in TOP_CONTROLS[1:]),
            Output(LayersFilters.TOP_TITLE, "children"),
        ],
        [Input(Shell.SELECTION, "data"), Input(LayersFilters.TOP_DATA, "data")],
    )
    app.clientside_callback(
        ClientsideFunction("layersFilters", "chooseTop"),
        *(Input(control, "value") for control in TOP_CONTROLS),
    )


def _register_page(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("layersFilters", "showPage"),
        Output(LayersFilters.PAGE, "className"),
        Input(LayersFilters.PAGE_DATA, "data"),
        Input(LayersFilters.PAGE_ASK, "data"),
        Input(Shell.FOCUS, "data"),
    )


def show_filters(ask: Ask, range_: Sequence[int] | None, chosen: Names, _: Versions) -> Payload:
    """Load the filters of the opened layers and pack a pixel chart each."""
    if not ask or not chosen:
        return {"charts": [], "asked": ask}
    view = FilterView.of(ask["quantity"], ask["by"], ask["order"])
    loaded = [load_filters(chosen, layer, view, _span(range_)) for layer in ask["layers"]]
    charts = [draw_filters(chart) for chart in loaded if chart is not None]
    return {"charts": charts, "asked": ask}


def show_top(ask: Ask, chosen: Names, _: Versions) -> Payload | None:
    """Rank the filters of the asked steps and pack a strip each."""
    if ask is None or not chosen:
        return None
    steps = tuple(int(step) for step in ask["steps"])
    top = load_top(chosen, TopAsk(steps, bool(ask["every"]), ask["k"], ask["measure"]))
    return None if top is None else {**draw_top(top), "asked": ask}


def show_lists(range_: Sequence[int] | None, chosen: Names, _: Versions) -> Payload | None:
    """List the marked filters of every layer, run by run."""
    if not chosen:
        return None
    return {"runs": [load_lists(name, _span(range_)) for name in chosen]}


def show_filter(ask: Ask, chosen: Names, _: Versions) -> Payload | None:
    """Load one filter of every chosen run."""
    if not ask or not chosen:
        return None
    layer, filter_ = str(ask["layer"]), int(ask["filter"])
    return draw_filter(layer, filter_, load_filter(chosen, layer, filter_, ask["focus"]))


def show_hover(ask: Ask) -> Payload | None:
    """Load what the tooltip says of the hovered filter."""
    if not ask:
        return None
    asked = [ask[name] for name in ("run", "layer", "filter", "step")]
    quantity = ask["quantity"] if ask["quantity"] in QUANTITIES else "change"
    found = load_hover(str(asked[0]), str(asked[1]), int(asked[2]), int(asked[3]), quantity)
    return None if found is None else draw_hover("|".join(map(str, asked)), found)


def _span(range_: Sequence[int] | None) -> tuple[int, int] | None:
    return (int(range_[0]), int(range_[1])) if range_ else None

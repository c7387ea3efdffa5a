"""Callbacks of the Layers page: the structure of the chosen runs, the charts of the shown levels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output

from analytics.update_ratios import measure_ratios
from callbacks.browser_functions import register_changes
from callbacks.layers_rows import Asked, load_rows
from callbacks.layers_structure import load_structure
from callbacks.layers_updates import load_updates
from data.store import open_run
from figures.layers_rows import draw_rows, pack_ratios
from figures.layers_structure import draw_structure
from ids import Layers, LayersFilters, Shell

Payload = dict[str, Any]
Versions = Mapping[str, str] | None

CONTROLS = ("VALUES", "STATISTIC", "TYPE", "BANDS", "SCALE", "RATIO", "SORT")


def register(app: Dash) -> None:
    """Wire the page: the server reads and packs, the browser lays out and paints."""
    app.callback(
        Output(Layers.STRUCTURE, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_structure)
    app.callback(
        Output(Layers.ROWS_DATA, "data"),
        Input(Layers.SHOWN, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
    )(show_rows)
    _register_asking(app)
    _register_drawing(app)


def _register_asking(app: Dash) -> None:
    register_changes(
        app,
        "layers",
        "ask",
        [Output(Layers.SHOWN, "data"), Output(LayersFilters.ASK, "data")],
        [
            Input(Layers.STRUCTURE, "data"),
            Input(Shell.OPTIONS, "data"),
            Input(Layers.SEARCH, "value"),
        ],
    )
    asked = (Layers.ANOMALIES_ASK, LayersFilters.TOP_ASK, LayersFilters.PAGE_ASK)
    register_changes(
        app,
        "layers",
        "askBeside",
        [Output(store, "data") for store in asked],
        [Input(Shell.SELECTION, "data"), Input(Shell.FOCUS, "data")],
    )


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("layers", "draw"),
        Output(Layers.CARD, "className"),
        Output(Layers.TEXT, "children"),
        Input(Layers.STRUCTURE, "data"),
        Input(Layers.ROWS_DATA, "data"),
        Input(Shell.OPTIONS, "data"),
        Input(Shell.LAYERS, "data"),
        Input(Layers.SEARCH, "value"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.RANGE, "data"),
    )
    _register_panel(app)


def _register_panel(app: Dash) -> None:
    controls = [(getattr(Layers, name), "value") for name in CONTROLS] + [(Layers.ONLY, "checked")]
    register_changes(
        app,
        "layers",
        "showControls",
        [Output(*control) for control in controls],
        [Input(Shell.OPTIONS, "data"), Input(Layers.CARD, "className")],
    )
    register_changes(
        app,
        "layers",
        "choose",
        [Output(Layers.BANDS_TEXT, "children")],
        [Input(*control) for control in controls],
    )


def show_structure(chosen: Sequence[str] | None, _: Versions) -> Payload | None:
    """Load the levels and graphs of the chosen runs, and the update ratios of each whole network."""
    if not chosen:
        return None
    loaded = load_structure(chosen)
    return {
        **draw_structure(loaded.structure),
        "notes": [_note(sentence) for sentence in loaded.notes],
        "ratios": [_whole_ratio(name) for name in chosen],
    }


def show_rows(
    asked: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> Payload | None:
    """Load the charts of the shown levels and pack them."""
    if not chosen or not asked or not asked["rows"]:
        return None
    return {"rows": draw_rows(load_rows(chosen, Asked.read(asked))), "asked": asked}


def _whole_ratio(name: str) -> Payload | None:
    norms = load_updates(open_run(name))
    if not len(norms.layers):
        return None
    return pack_ratios(measure_ratios(norms, np.ones(len(norms.layers), dtype=np.bool_)))


def _note(sentence: str) -> dict[str, str]:
    text = f"{sentence} Everything else is shown."
    return {"kind": "bad", "title": "Some of the structure cannot be read.", "text": text}

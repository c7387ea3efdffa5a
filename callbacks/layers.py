"""Callbacks of the Layers page: the structure of the chosen runs, the charts of the shown levels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State

from analytics.update_ratios import measure_ratios
from callbacks.layers_rows import Asked, load_rows
from callbacks.layers_structure import load_structure
from callbacks.layers_updates import load_updates
from data.store import open_run
from figures.layers_rows import draw_rows, pack_ratios
from figures.layers_structure import draw_structure
from ids import Layers, Shell

Payload = dict[str, Any]
Versions = Mapping[str, str] | None

CONTROLS = ("VALUES", "STATISTIC", "TYPE", "BANDS", "SCALE", "RATIO", "SORT", "ONLY")


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
    _register_drawing(app)


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("layers", "shown"),
        Output(Layers.SHOWN, "data"),
        Input(Layers.STRUCTURE, "data"),
        Input(Shell.OPTIONS, "data"),
        Input(Layers.SEARCH, "value"),
        State(Layers.SHOWN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("layers", "draw"),
        Output(Layers.CARD, "className"),
        Input(Layers.STRUCTURE, "data"),
        Input(Layers.ROWS_DATA, "data"),
        Input(Shell.OPTIONS, "data"),
        Input(Shell.LAYERS, "data"),
        Input(Layers.SEARCH, "value"),
        Input(Shell.CHOSEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("layers", "mark"),
        Output(Layers.TEXT, "children"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.RANGE, "data"),
        Input(Layers.CARD, "className"),
    )
    app.clientside_callback(
        ClientsideFunction("layers", "showControls"),
        *(Output(getattr(Layers, name), "value") for name in CONTROLS[:-1]),
        Output(Layers.ONLY, "checked"),
        Input(Shell.OPTIONS, "data"),
        Input(Layers.CARD, "className"),
    )
    app.clientside_callback(
        ClientsideFunction("layers", "choose"),
        Output(Layers.BANDS_TEXT, "children"),
        *(Input(getattr(Layers, name), "value") for name in CONTROLS[:-1]),
        Input(Layers.ONLY, "checked"),
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

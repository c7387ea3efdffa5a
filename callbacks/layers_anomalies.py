"""Callbacks of the Layers page about anomaly filters: which layers hold any, under the link's settings."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output

from callbacks.correlation_load import load_filters
from callbacks.correlation_settings import Asked, read_asked
from data.store import open_run
from ids import Layers, Shell

Versions = Mapping[str, str] | None


def register(app: Dash) -> None:
    """Wire the switch: the server finds the layers once they are asked for."""
    app.callback(
        Output(Layers.ANOMALIES, "data"),
        Input(Layers.ANOMALIES_ASK, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
        prevent_initial_call=True,
    )(show_anomaly_layers)
    app.clientside_callback(
        ClientsideFunction("layers", "takeAnomalies"),
        Output(Layers.ANOMALIES_TEXT, "children"),
        Input(Layers.ANOMALIES, "data"),
    )


def show_anomaly_layers(
    asked: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Versions
) -> list[str] | None:
    """Name the layers with anomaly filters in any of the chosen runs; None where it is not asked."""
    if not asked or not chosen:
        return None
    settings = read_asked(asked)
    names = [_find_layers(name, settings) for name in chosen]
    return sorted(set().union(*names))


def _find_layers(name: str, settings: Asked) -> set[str]:
    found = load_filters(open_run(name), settings.anomalies, settings.top, settings.relative)
    if found is None:
        return set()
    return {found.layers[place].name for place in np.unique(found.chosen.layer).tolist()}

"""Names the layers that hold anomaly filters, so that the Layers page can show only those."""

from collections.abc import Mapping, Sequence
from typing import Any

from callbacks.correlation_load import load_filters
from callbacks.correlation_settings import read_asked
from data.store import open_run


def show_anomaly_layers(
    ask: Mapping[str, Any] | None, chosen: Sequence[str] | None, _: Mapping[str, str] | None
) -> list[str] | None:
    """Name the layers of any chosen run that hold anomaly filters; None where nothing was predicted.

    ask is the part of the selection that Correlation obeys, too; None where nobody wants to know.
    """
    if ask is None or not chosen:
        return None
    asked = read_asked(ask)
    loaded = [
        load_filters(open_run(name), asked.anomalies, asked.top, asked.relative) for name in chosen
    ]
    found = [one for one in loaded if one is not None]
    names = {one.layers[place].name for one in found for place in one.chosen.layer.tolist()}
    return sorted(names) if found else None

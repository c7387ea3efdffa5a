"""Loads how long the updates of a run's layers were beside their weights, once per version."""

from functools import lru_cache

import numpy as np

from analytics.update_ratios import UpdateNorms
from data.layer_series import read_layer_series
from data.store import Run, open_run

COLUMNS = ("count", "l2", "gradient_update_l2", "decay_update_l2", "relative", "sd")


def load_updates(run: Run) -> UpdateNorms:
    """Load the lengths of weights and of both parts of the updates of every layer."""
    return _load_updates(run.name, run.version)


@lru_cache(maxsize=8)
def _load_updates(name: str, version: str) -> UpdateNorms:
    run = open_run(name)
    layers = [row.layer for row in run.layers if row.kind == "layer" and row.tied_to is None]
    series = read_layer_series(run, layers, "weight", COLUMNS)
    columns = series.columns
    return UpdateNorms(
        series.layers.astype(np.int32),
        columns["count"],
        columns["l2"],
        columns["gradient_update_l2"],
        columns["decay_update_l2"],
        columns["relative"],
        columns["sd"],
    )

"""Wiring of the pages, one module per page: load, analyse, draw."""

from dash import Dash


def register_callbacks(app: Dash) -> None:
    """Wire the frame and every page to their components."""
    # They import this package.
    from callbacks import (
        correlation,
        cube,
        first_run,
        layers,
        layers_anomalies,
        layers_filters,
        overview,
        shell,
        validation,
    )

    for module in (
        shell,
        overview,
        validation,
        layers,
        layers_anomalies,
        layers_filters,
        correlation,
        cube,
        first_run,
    ):
        module.register(app)

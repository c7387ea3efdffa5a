"""Wiring of the pages, one module per page: load, analyse, draw."""

from dash import Dash


def register_callbacks(app: Dash) -> None:
    """Wire the frame and every page to their components."""
    from callbacks import first_run, layers, overview, shell, validation  # they import this package

    for module in (shell, overview, validation, layers, first_run):
        module.register(app)

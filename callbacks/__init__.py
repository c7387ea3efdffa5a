"""Wiring of the pages, one module per page: load, analyse, draw."""

from importlib import import_module
from importlib.util import find_spec

from dash import Dash

MODULES = ("shell", "overview", "validation", "first_run")


def register_callbacks(app: Dash) -> None:
    """Wire every page to its components."""
    for name in MODULES:
        if find_spec(f"callbacks.{name}"):
            import_module(f"callbacks.{name}").register(app)

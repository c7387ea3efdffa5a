"""Callbacks of the frame: the selection, what follows from it, and the drawing of the timeline."""

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks import shell_facts, shell_live, shell_timeline
from ids import Shell

STORES = (
    Shell.SELECTION,
    Shell.CHOSEN,
    Shell.CHOSEN_VERSIONS,
    Shell.RANGE,
    Shell.FOCUS,
    Shell.OPTIONS,
    Shell.SETTINGS,
)
PARTS = (Shell.CLASSES, Shell.IMAGES, Shell.LAYERS)


def register(app: Dash) -> None:
    """Wire the frame: on the server what reads the log, in the browser all else."""
    shell_live.register(app)
    shell_facts.register(app)
    shell_timeline.register(app)
    # The stores come with what follows from the link, see shell_opening.py. A selection that the reader
    # makes sets them at once, see shell_derive.js; these two hear of the rest: another link, a log
    # that grew, what the runs are made of.
    app.clientside_callback(
        ClientsideFunction("shell", "begin"),
        Output(Shell.NOTICE, "className"),
        Input(Shell.NOTICE, "id"),
        *(State(store, "data") for store in (Shell.LIVE, Shell.FACTS, *STORES, *PARTS)),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "follow"),
        *(Output(store, "data") for store in STORES),
        Input(Shell.URL, "search"),
        Input(Shell.URL, "pathname"),
        Input(Shell.LIVE, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("shell", "takeFacts"),
        *(Output(store, "data") for store in PARTS),
        Input(Shell.FACTS, "data"),
        Input(
            Shell.CHOSEN, "data"
        ),  # so that what depends on both waits for the facts of other runs
        prevent_initial_call=True,
    )
    _register_drawing(app)


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("shell", "header"),
        Output(Shell.CHIPS, "className"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.LIVE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "scheme"),
        Output(Shell.SCHEME, "data"),
        # The toggle's computedColorScheme stays "light" in a page that follows a dark system.
        Input(Shell.SCHEME, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "timeline"),
        Output(Shell.TIMELINE, "className"),
        Input(Shell.TIMELINE_DATA, "data"),
        Input(Shell.RANGE, "data"),
        Input(Shell.FOCUS, "data"),
        Input(Shell.CHOSEN, "data"),
    )

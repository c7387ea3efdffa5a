"""Callbacks of the frame: the selection, what follows from it, and the drawing of the timeline."""

from dash import ALL, ClientsideFunction, Dash, Input, Output, State

from callbacks import shell_facts, shell_live, shell_timeline
from ids import Shell


def register(app: Dash) -> None:
    """Wire the frame: on the server what reads the log, in the browser all else."""
    shell_live.register(app)
    shell_facts.register(app)
    shell_timeline.register(app)
    app.clientside_callback(
        ClientsideFunction("shell", "fromUrl"),
        Output(Shell.SELECTION, "data"),
        Input(Shell.URL, "search"),
        Input(Shell.URL, "pathname"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "deriveSteps"),
        Output(Shell.CHOSEN, "data"),
        Output(Shell.RANGE, "data"),
        Output(Shell.FOCUS, "data"),
        Output(Shell.OPTIONS, "data"),
        Input(Shell.SELECTION, "data"),
        Input(Shell.LIVE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "deriveParts"),
        Output(Shell.CLASSES, "data"),
        Output(Shell.IMAGES, "data"),
        Output(Shell.LAYERS, "data"),
        Input(Shell.SELECTION, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.FACTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("shell", "versions"),
        Output(Shell.CHOSEN_VERSIONS, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.LIVE, "data"),
    )
    _register_drawing(app)


def _register_drawing(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("shell", "navigation"),
        Output(Shell.nav(ALL), "href"),
        Output(Shell.nav(ALL), "className"),
        Input(Shell.SELECTION, "data"),
        Input(Shell.URL, "pathname"),
        State(Shell.nav(ALL), "id"),
    )
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

"""Callbacks of the frame: the selection and what follows from it, in the browser."""

from dash import ClientsideFunction, Dash, Input, Output, State

from ids import Shell


def register(app: Dash) -> None:
    """Wire the selection to the stores that pages read."""
    app.clientside_callback(
        ClientsideFunction("shell", "fromUrl"),
        Output(Shell.SELECTION, "data"),
        Input(Shell.URL, "search"),
        State(Shell.SELECTION, "data"),
    )

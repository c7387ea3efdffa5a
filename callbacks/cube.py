"""Callbacks of the Cube page's own controls; its faces are those of the Correlation page."""

from dash import ClientsideFunction, Dash, Input, Output

from ids import Cube, Shell


def register(app: Dash) -> None:
    """Wire layout and angle to the link."""
    app.clientside_callback(
        ClientsideFunction("cube", "showControls"),
        Output(Cube.LAYOUT, "value"),
        Output(Cube.ANGLE, "value"),
        Input(Shell.SELECTION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("cube", "choose"),
        Output(Cube.ANGLE_TEXT, "children"),
        Input(Cube.LAYOUT, "value"),
        Input(Cube.ANGLE, "value"),
    )

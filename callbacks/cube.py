"""Callbacks of the Cube page's own controls; its faces are those of the Correlation page."""

from dash import Dash, Input, Output

from callbacks.browser_functions import register_changes
from ids import Cube, Shell


def register(app: Dash) -> None:
    """Wire layout and angle to the link."""
    controls = (Cube.LAYOUT, Cube.ANGLE)
    register_changes(
        app,
        "cube",
        "showControls",
        [Output(control, "value") for control in controls],
        [Input(Shell.SELECTION, "data")],
    )
    register_changes(
        app,
        "cube",
        "choose",
        [Output(Cube.ANGLE_TEXT, "children")],
        [Input(control, "value") for control in controls],
    )

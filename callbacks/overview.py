"""Callbacks of the overview: what happens in the browser, and its charts, table and read-outs."""

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks import overview_curves, overview_reading, overview_runs
from ids import Overview, Shell


def register(app: Dash) -> None:
    """Wire the page."""
    overview_curves.register(app)
    overview_runs.register(app)
    overview_reading.register(app)
    _wire_charts(app)
    _wire_controls(app)
    _wire_range(app)


def _wire_charts(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("overview", "mount"),
        Output(Overview.WIDTH, "data"),
        Input(Overview.TEMPLATES, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("overview", "view"),
        Output(Overview.VIEW, "data"),
        Input(Shell.OPTIONS, "data"),
        Input(Overview.WIDTH, "data"),
        State(Overview.VIEW, "data"),
    )
    charts = (
        (Overview.LOSS, Overview.LOSS_FIGURE),
        (Overview.ERROR, Overview.ERROR_FIGURE),
    )
    for graph, figure in charts:
        app.clientside_callback(
            ClientsideFunction("overview", "paint"),
            Output(graph, "figure"),
            Input(figure, "data"),
            Input(Overview.PAINTED, "data"),
            State(Overview.TEMPLATES, "data"),
        )
    app.clientside_callback(
        ClientsideFunction("overview", "drawn"),
        Input(Overview.LOSS, "figure"),
        Input(Overview.ERROR, "figure"),
    )
    app.clientside_callback(ClientsideFunction("overview", "showFocus"), Input(Shell.FOCUS, "data"))


def _wire_controls(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("overview", "setControls"),
        Output(Overview.SMOOTHING, "value"),
        Output(Overview.AXIS, "value"),
        Output(Overview.LOSS_AXIS, "value"),
        Output(Overview.MARKS, "checked"),
        Input(Shell.OPTIONS, "data"),
        State(Overview.SMOOTHING, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("overview", "chooseSmoothing"),
        Output(Overview.SMOOTHING_TEXT, "children"),
        Input(Overview.SMOOTHING, "value"),
    )
    for control, property_, choose in (
        (Overview.AXIS, "value", "chooseAxis"),
        (Overview.LOSS_AXIS, "value", "chooseLoss"),
        (Overview.MARKS, "checked", "chooseMarks"),
    ):
        app.clientside_callback(ClientsideFunction("overview", choose), Input(control, property_))


def _wire_range(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("overview", "setRange"),
        Output(Overview.FROM, "value"),
        Output(Overview.TO, "value"),
        Input(Shell.RANGE, "data"),
        Input(Shell.LIVE, "data"),
        Input(Shell.CHOSEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("overview", "follow"),
        Input(Shell.LIVE, "data"),
        Input(Shell.CHOSEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("overview", "chooseRange"),
        Input(Overview.FROM, "value"),
        Input(Overview.TO, "value"),
        State(Shell.RANGE, "data"),
        State(Shell.LIVE, "data"),
        State(Shell.CHOSEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("overview", "showAllSteps"), Input(Overview.ALL_STEPS, "n_clicks")
    )

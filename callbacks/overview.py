"""Callbacks of the overview: what happens in the browser, and its charts, table and read-outs."""

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks import overview_curves, overview_reading, overview_runs
from callbacks.browser_functions import register_changes
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
    controls = [
        (Overview.SMOOTHING, "value"),
        (Overview.AXIS, "value"),
        (Overview.LOSS_AXIS, "value"),
        (Overview.MARKS, "checked"),
    ]
    register_changes(
        app,
        "overview",
        "setControls",
        [Output(*control) for control in controls],
        [Input(Shell.OPTIONS, "data")],
    )
    register_changes(
        app,
        "overview",
        "choose",
        [Output(Overview.SMOOTHING_TEXT, "children")],
        [Input(*control) for control in controls],
    )


def _wire_range(app: Dash) -> None:
    register_changes(
        app,
        "overview",
        "setRange",
        [Output(field, "value") for field in (Overview.FROM, Overview.TO)],
        [Input(Shell.RANGE, "data"), Input(Shell.LIVE, "data"), Input(Shell.CHOSEN, "data")],
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

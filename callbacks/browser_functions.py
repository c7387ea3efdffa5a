"""Registers browser functions that are given what their outputs hold, and update those that differ."""

from collections.abc import Sequence

from dash import ClientsideFunction, Dash, Input, Output, State


def register_changes(
    app: Dash, namespace: str, name: str, outputs: Sequence[Output], inputs: Sequence[Input]
) -> None:
    """Wire a function made by epochscope.onlyChanged: every output that is set costs a drawing of React."""
    held = [State(output.component_id, output.component_property) for output in outputs]
    app.clientside_callback(ClientsideFunction(namespace, name), *outputs, *inputs, *held)

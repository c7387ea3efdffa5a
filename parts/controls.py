"""The controls of every panel: sections, named fields, choices and sliders."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component


def panel_section(title: str, *children: Component) -> html.Section:
    """Build one section of the control panel."""
    return html.Section([html.H2(title), *children])


def field(label: str, control: Component, style: str = "") -> html.Div:
    """Build a control with its name before it: as plain text, which is no component of its own."""
    return html.Div([label, control], className=f"field {style}".strip())


def segments(id_: str, *values: str) -> Component:
    """Build a choice between a few values, the first of which is chosen until the link says else."""
    choice: Component = dmc.SegmentedControl(
        id=id_, data=list(values), value=values[0], size="xs", transitionDuration=0
    )
    return choice


def slider_field(
    label: str, id_: str, read_out: html.Span, name: str, *, style: str = "", **range_: Any
) -> html.Div:
    """Build a slider under its label and read-out; `name` is for those who do not see it."""
    slider = dmc.Slider(
        id=id_,
        size=3,
        thumbSize=13,
        updatemode="drag",
        label=None,
        thumbLabel=name,
        className="whole",
        **range_,
    )
    return html.Div([label, read_out, slider], className=f"field {style}".strip())

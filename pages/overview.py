"""The overview: loss and error of the chosen runs, the table of all runs, what was found."""

import dash_mantine_components as dmc
from dash import dcc, html, register_page
from dash.development.base_component import Component

from data.store import list_runs
from figures.theme import TEMPLATES
from ids import Overview
from pages._first_run import build_first_run
from pages._overview_table import build_runs_card
from parts.blocks import attributes, card, help_entries, page_frame
from parts.controls import field, panel_section, segments, slider_field

register_page(__name__, path="/", title="Overview · Epochscope", order=1)

HOW = (
    "Pick up to four runs. ",
    html.B("Drag on a curve"),
    " to set the step range that every page shows; ",
    html.B("click"),
    " to set the focus step.",
)
LEGEND = (
    html.Span([html.I(), "train"]),
    html.Span([html.I(className="dashed"), "validation"]),
)
GLYPHS = (
    (
        "train-and-validation",
        "Solid and dashed",
        "Training, smoothed as set in the panel, and validation, never smoothed.",
    ),
    (
        "band",
        "Pale band",
        "Lowest to highest value of what one pixel holds: no spike is lost.",
    ),
    ("not-finite", "Cross", "First value that is not finite; nothing is drawn after it."),
    ("mark", "Triangle", "A spike: far above the values just before it."),
    ("recorded-step", "Short ticks", "Steps at which statistics or predictions were recorded."),
    ("learning-rate", "Long tick", "The learning rate changed."),
    ("focus-and-range", "Upright and tinted", "The focus step, and the range while you drag."),
)


def layout(**_: str) -> html.Div:
    """Build the page, or the page of an empty log folder."""
    if not list_runs():
        return build_first_run()
    cards = html.Div(
        [
            _build_chart("loss", "Loss", "band: min–max within a pixel"),
            _build_chart("error", "Error", "share of images classified wrong"),
            build_runs_card(),
            _build_findings(),
        ],
        className="overview-cards",
    )
    return page_frame(
        "overview",
        "Overview",
        list(HOW),
        [cards, *_build_stores()],
        [_build_curve_controls(), _build_range_controls(), _build_read_outs()],
        help_entries("How far the chosen runs have come, and where they went wrong.", GLYPHS),
    )


def _build_chart(kind: str, title: str, subtitle: str) -> html.Div:
    graph = dcc.Graph(
        id=f"overview-{kind}",
        config={"displayModeBar": False, "staticPlot": True, "responsive": True},
        className="curve-graph",
    )
    overlay = html.Div(
        className="curve-overlay",
        role="img",
        tabIndex=0,
        **attributes(data_chart=kind, aria_label=title, aria_describedby=f"overview-{kind}-text"),
    )
    body = [
        html.Div(id=f"overview-{kind}-note"),
        html.Div([graph, overlay], className="curve-chart waiting"),
        html.Div(id=f"overview-{kind}-text", className="visually-hidden"),
    ]
    built = card(title, subtitle, body, legend=html.Span(list(LEGEND), className="legend"))
    return html.Div(built, className=f"{kind}-card")


def _build_findings() -> html.Div:
    built = card("Findings", "computed from the log", html.Div(id=Overview.FINDINGS))
    return html.Div(built, className="findings-card")


def _build_curve_controls() -> html.Section:
    read_out = html.Span(id=Overview.SMOOTHING_TEXT, className="num")
    return panel_section(
        "Curves",
        slider_field(
            "Smoothing", Overview.SMOOTHING, read_out, "Smoothing", min=0, max=0.99, step=0.01
        ),
        field("Axis", segments(Overview.AXIS, "step", "epoch", "time")),
        field("Loss axis", segments(Overview.LOSS_AXIS, "linear", "log")),
        field(
            "Mark recorded steps",
            dmc.Switch(
                id=Overview.MARKS, size="xs", **attributes(aria_label="Mark recorded steps")
            ),
        ),
    )


def _build_range_controls() -> html.Section:
    return panel_section(
        "Step range",
        field("From", _step_input(Overview.FROM, "First step")),
        field("to", _step_input(Overview.TO, "Last step")),
        html.Button("Show all steps", id=Overview.ALL_STEPS, type="button", className="btn wide"),
    )


def _build_read_outs() -> html.Section:
    return html.Section(
        [html.H2("At the focus step", id=Overview.AT_TITLE), html.Div(id=Overview.AT)]
    )


def _build_stores() -> list[Component]:
    templates = {name: template.to_plotly_json() for name, template in TEMPLATES.items()}
    return [
        dcc.Store(id=Overview.VIEW),
        dcc.Store(id=Overview.WIDTH),
        dcc.Store(id=Overview.PAINTED),  # the scheme, once the page has taken its colours
        dcc.Store(id=Overview.LOSS_FIGURE),
        dcc.Store(id=Overview.ERROR_FIGURE),
        dcc.Store(id=Overview.TEMPLATES, data=templates),
    ]


def _step_input(id_: str, label: str) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=id_,
        size="xs",
        min=0,
        allowDecimal=False,
        hideControls=True,
        thousandSeparator=",",
        debounce=True,
        className="step-input",
        **attributes(aria_label=label),
    )

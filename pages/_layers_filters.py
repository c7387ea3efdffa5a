"""The parts of the Layers page that show filters: controls, top-changing strips, a filter's own page."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from analytics.filter_quantities import QUANTITIES
from ids import LayersFilters
from parts.blocks import attributes
from parts.controls import field, panel_section, segments, slider_field

STORES = (
    LayersFilters.ASK,
    LayersFilters.CHARTS,
    LayersFilters.HOVER,
    LayersFilters.HOVERED,
    LayersFilters.MARKS,
    LayersFilters.TOP_ASK,
    LayersFilters.TOP_DATA,
    LayersFilters.PAGE_ASK,
    LayersFilters.PAGE_DATA,
)

FILTER_HELP = (
    ("filters", "Filters", "A row per filter: from no change to the most, or around zero."),
    ("still", "Dashed line", "A filter that never changes; it never gets a colour."),
)


def build_filter_stores() -> list[Component]:
    """Build what callbacks write to and nobody sees, and the words for those who cannot see the charts."""
    words = (
        LayersFilters.TEXT,
        LayersFilters.HOVER_TEXT,
        LayersFilters.TOP_TEXT,
    )
    return [
        *(dcc.Store(id=store) for store in STORES),
        *(html.P(id=id_, className="unseen") for id_ in words),
    ]


def build_filter_controls() -> html.Section:
    """Build the panel's section on filter pixel charts, with the lists of marked filters."""
    quantity = dmc.Select(
        id=LayersFilters.QUANTITY,
        data=[{"value": one.name, "label": one.label} for one in QUANTITIES.values()],
        value="change",
        size="xs",
        w=150,
        allowDeselect=False,
        **attributes(aria_label="Quantity of each filter"),
    )
    order = dmc.SegmentedControl(
        id=LayersFilters.ORDER,
        data=[
            {"value": "index", "label": "index"},
            {"value": "activity", "label": "activity"},
            {"value": "similarity", "label": "similar"},
        ],
        value="index",
        size="xs",
        transitionDuration=0,
    )
    by = dmc.SegmentedControl(
        id=LayersFilters.BY,
        data=["layer", "filter", "step"],
        value="filter",
        size="xs",
        transitionDuration=0,
    )
    read_out = html.Span("fits", id=LayersFilters.HEIGHT_TEXT, className="num")
    name = "Height of a filter's row in pixels"
    return panel_section(
        "Filters",
        field("Show", quantity),
        field("Scale by", by),
        field("Order", order),
        slider_field(
            "Row height", LayersFilters.HEIGHT, read_out, name, min=0, max=15, step=1, value=0
        ),
        html.Div(id=LayersFilters.LISTS, className="filter-lists"),
    )


def build_top_controls() -> html.Section:
    """Build the panel's section on the top-changing filters."""
    measure = dmc.SegmentedControl(
        id=LayersFilters.TOP_MEASURE,
        data=[
            {"value": "change", "label": "1 − cosine"},
            {"value": "relative", "label": "relative L2"},
        ],
        value="change",
        size="xs",
        transitionDuration=0,
    )
    return panel_section(
        "Top-changing filters",
        _build_top_count(),
        field("Change", measure),
        html.Div(id=LayersFilters.TOP_CHIPS, className="top-chips"),
        field("In these steps", segments(LayersFilters.TOP_STEPS, "any", "all")),
    )


def _build_top_count() -> html.Div:
    number = dmc.NumberInput(
        id=LayersFilters.TOP_NUMBER,
        min=1,
        step=1,
        size="xs",
        w=80,
        allowDecimal=False,
        allowNegative=False,
        hideControls=True,
        debounce=True,
        **attributes(aria_label="Number of top-changing filters"),
    )
    slider = dmc.Slider(
        id=LayersFilters.TOP_SLIDER,
        min=1,
        max=512,
        step=1,
        size=3,
        thumbSize=13,
        updatemode="drag",
        label=None,
        thumbLabel="Number of top-changing filters",
        className="whole",
    )
    title = html.Span("Top k", id=LayersFilters.TOP_TITLE)
    return html.Div([title, number, slider], className="field")


def build_top_chart() -> html.Div:
    """Build the strips of the top-changing filters."""
    described = {
        "aria_label": "A strip for each top-changing filter; arrow keys choose, Enter opens",
        "aria_describedby": LayersFilters.TOP_TEXT,
    }
    chart = html.Div(
        [
            html.Canvas(
                id=LayersFilters.TOP_ROWS, tabIndex=0, role="img", **attributes(**described)
            ),
            html.Canvas(className="marks", **attributes(aria_hidden="true")),
            html.Div(className="labels"),
        ],
        className="canvas-chart",
    )
    return html.Div(chart, id=LayersFilters.TOP_CARD, className="top-filters gone")


def build_filter_drawer() -> html.Aside:
    """Build the drawer that holds a filter's own page."""
    return html.Aside(
        id=LayersFilters.PAGE, className="filter-page", **attributes(aria_label="A filter")
    )

"""The control panel of the Validation page: runs, classes, anomaly iterations, images."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from ids import Validation
from parts.blocks import attributes
from parts.controls import field, panel_section, segments, slider_field

SORTS = (
    ("easy", "Easy to hard"),
    ("similarity", "Similarity"),
    ("peak", "Peak score"),
    ("final", "Final error"),
    ("change", "Change"),
    ("name", "Name"),
    ("focus", "Error at focus"),
    ("recorded", "As recorded"),
)
PERCENT: dict[str, Any] = {"min": 1, "max": 100, "step": 1}
LONGEST_WINDOW = 40  # recorded steps; a link may ask for up to 100


def build_panel() -> list[Component]:
    """Build the sections of the panel."""
    return [_build_runs(), _build_classes(), _build_anomalies(), _build_images()]


def _build_runs() -> html.Section:
    clusters = _choose(Validation.CLUSTERS_OF, "Run whose curves make the clusters")
    order = _choose(Validation.ORDER_OF, "Run whose images give the order")
    fields = [
        field("Show", segments(Validation.MODE, "columns", "difference"), "two-runs"),
        field("Clusters of", clusters),
        field("Images of", order),
    ]
    return html.Section([html.H2("Runs"), *fields], className="several-runs")


def _choose(id_: str, label: str) -> Component:
    choice: Component = dmc.Select(
        id=id_, data=[], size="xs", w=140, allowDeselect=False, **attributes(aria_label=label)
    )
    return choice


def _build_classes() -> html.Section:
    sort = dmc.Select(
        id=Validation.SORT,
        data=[{"value": value, "label": label} for value, label in SORTS],
        value="easy",
        size="xs",
        w=150,
        allowDeselect=False,
        **attributes(aria_label="Sort classes"),
    )
    count = html.Span("1", id=Validation.K_TEXT, className="num")
    only = dmc.Switch(
        id=Validation.ONLY, size="xs", **attributes(aria_label="Only classes with anomalies")
    )
    return panel_section(
        "Classes",
        _build_search(),
        _with_bars(
            Validation.K_BARS,
            "Silhouette of 2 to 8 clusters",
            slider_field(
                "Clusters k",
                Validation.K,
                count,
                "Number of clusters",
                min=1,
                max=8,
                step=1,
                value=1,
            ),
        ),
        html.Div(id=Validation.K_HINT, className="hint"),
        field("Sort", sort),
        field("Only with anomalies", only, "anomalous-field"),
    )


def _build_search() -> Component:
    search: Component = dmc.TextInput(
        id=Validation.SEARCH,
        placeholder="Search class",
        size="xs",
        debounce=150,
        className="search-field",
        leftSection=html.Span(className="icon icon-search"),
        **attributes(aria_label="Search class"),
    )
    return search


def _with_bars(id_: str, label: str, slider: html.Div) -> html.Div:
    """Put a canvas of bars, one over each value, between the name of a slider and its track."""
    bars = html.Canvas(id=id_, role="img", className="bars", **attributes(aria_label=label))
    name, read_out, track = slider.children
    return html.Div([name, read_out, bars, track], className="field")


def _build_anomalies() -> html.Section:
    window = html.Span("5", id=Validation.WINDOW_TEXT, className="num")
    percent = "Threshold in percent of the class"
    threshold = html.Span("20 %", id=Validation.THRESHOLD_TEXT, className="num")
    steps: dict[str, Any] = {"min": 1, "max": LONGEST_WINDOW, "step": 1}
    name = "Window in recorded steps"
    slider = slider_field(
        "Window k, recorded steps", Validation.WINDOW, window, name, **steps, value=5
    )
    fields = [
        html.Div(slider, id=Validation.WINDOW_FIELD),
        html.Div(id=Validation.WINDOW_WHY, className="hint"),
        _with_bars(
            Validation.SPREAD,
            "Scores by their share of the class",
            slider_field(
                "Threshold", Validation.THRESHOLD, threshold, percent, **PERCENT, value=20
            ),
        ),
        html.Div(id=Validation.SUGGESTED, className="hint"),
        field("Rule", segments(Validation.RULE, "either", "left", "right")),
        field("Flips", segments(Validation.FLIPS, "both", "learned", "forgotten"), "wide"),
    ]
    return html.Section([html.H2("Anomalies"), *fields], className="anomaly-controls")


def _build_images() -> html.Section:
    read_out = html.Span("fits", id=Validation.HEIGHT_TEXT, className="num")
    name = "Row height in pixels"
    order = segments(Validation.ORDER, "difficulty", "similarity", "recorded")
    return panel_section(
        "Images",
        field("Colour", segments(Validation.COLOR, "right, wrong", "predicted"), "color-field"),
        field("Order", order, "wide"),
        slider_field(
            "Row height", Validation.HEIGHT, read_out, name, min=0, max=15, step=1, value=0
        ),
    )

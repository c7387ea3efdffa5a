"""What Correlation and Cube are built of: the card with the faces, and their panel."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from ids import Correlation
from parts.blocks import attributes
from parts.controls import field, panel_section, segments, slider_field

ORDERS = (
    ("similarity", "similarity"),
    ("appearances", "appearances"),
    ("own", "own sets first"),
    ("iterations", "iterations"),
    ("error", "final error"),
    ("name", "name"),
    ("recorded", "as recorded"),
)
ROWS = (("network", "network"), ("similarity", "similarity"), ("weight", "strongest first"))
LIMITS = (
    ("Minimum appearances", Correlation.APPEARANCES, 1, 40),
    ("Minimum iterations", Correlation.ITERATIONS, 1, 20),
    ("Minimum size", Correlation.SIZE, 1, 20),
    ("Minimum classes spanned", Correlation.CLASSES, 1, 20),
    ("Minimum repeats in one class", Correlation.REPEATS, 1, 10),
    ("Minimum exclusivity to one class", Correlation.EXCLUSIVITY, 0, 100),
)


def build_body() -> list[Component]:
    """Build the notes, the card with the faces, and the stores they are drawn from."""
    head = html.Div(
        [
            html.Span(id=Correlation.TABS, className="tabs", role="tablist"),
            html.Span(id=Correlation.VIEW, className="view-text"),
            html.Span(id=Correlation.PINS, className="pins"),
        ],
        className="head",
    )
    card = html.Div(
        [
            head,
            html.Div(id=Correlation.STAGES, className="faces-stages"),
            html.P(id=Correlation.TEXT, className="unseen"),
            html.Div(
                id=Correlation.IMAGES, className="faces-images", **attributes(aria_live="polite")
            ),
        ],
        id=Correlation.CARD,
        className="card faces-card loading",
    )
    stores = (
        Correlation.STRIPS,
        Correlation.ASKED,
        Correlation.MATRIX,
        Correlation.KEY,
        Correlation.LIFT,
        Correlation.SUGGEST,
        Correlation.SUGGESTED,
        Correlation.PINNED_PAIRS,
        Correlation.FLIPPED,
    )
    notes = html.Div(id=Correlation.NOTES, className="chart-notes")
    return [notes, card, *(dcc.Store(id=store) for store in stores)]


def build_panel(view: Sequence[Component]) -> list[html.Section]:
    """Build the panel; view are the controls of the page's own first section."""
    return [
        html.Section([_build_search(), *view]),
        _build_iterations(),
        _build_filters(),
        panel_section("Pinned", html.Div(id=Correlation.PINNED, className="pinned")),
    ]


def build_choices(cube: bool) -> list[Component]:
    """Build the choices of how the faces are shown; those a cube has no use for are hidden."""
    flat = "flat-only" if cube else ""
    return [
        field("Version", segments(Correlation.VERSION, "mini-sets", "abstract"), flat),
        field("Layout", segments(Correlation.LAYOUT, "unfolded", "corner"), flat),
        field("Colour by", segments(Correlation.COLOR, "count", "lift")),
        field("Class order", _select(Correlation.ORDER, ORDERS, "Order of the classes")),
        field("Classes", segments(Correlation.SHOWN, "with sets", "all"), "limit"),
        field("Layer order", _select(Correlation.ROWS, ROWS, "Order of the layers")),
        field("Colours", segments(Correlation.PALETTE, "safe", "paper")),
        field("Scale within", segments(Correlation.WITHIN, "step", "filter", "layer")),
    ]


def _build_search() -> Component:
    search: Component = dmc.TextInput(
        id=Correlation.SEARCH,
        placeholder="Find a class or a layer",
        size="xs",
        className="search-field",
        leftSection=html.Span(className="icon icon-search"),
        **attributes(aria_label="Find a class or a layer"),
    )
    return search


def _select(id_: str, values: Sequence[tuple[str, str]], name: str) -> Component:
    choice: Component = dmc.Select(
        id=id_,
        data=[{"value": value, "label": label} for value, label in values],
        value=values[0][0],
        size="xs",
        w=150,
        allowDeselect=False,
        **attributes(aria_label=name),
    )
    return choice


def _slider(label: str, id_: str, low: int, high: int, name: str, style: str = "") -> html.Div:
    read_out = html.Span(id=Correlation.read_out(id_), className="num")
    return slider_field(
        label, id_, read_out, name, style=style, min=low, max=high, step=1, value=low
    )


def _build_iterations() -> html.Section:
    return panel_section(
        "Anomaly iterations",
        field("Flips", segments(Correlation.FLIPS, "both", "learned", "forgotten")),
        field("Rule", segments(Correlation.RULE, "either", "left", "right")),
        _slider("Window k", Correlation.WINDOW, 1, 30, "Recorded steps of one answer"),
        html.Div(
            html.Canvas(id=Correlation.HISTOGRAM, **attributes(aria_hidden="true")),
            className="field",
            title="How often each score occurs, by the logarithm of the count",
        ),
        _slider("Threshold", Correlation.THRESHOLD, 1, 100, "Percent of a class that flips"),
        html.Div(id=Correlation.SUGGESTION),
    )


def _build_filters() -> html.Section:
    return panel_section(
        "Anomaly filters",
        field("Change", segments(Correlation.CHANGE, "cosine", "relative")),
        _slider("Top k changing", Correlation.TOP, 0, 100, "Filters looked at in each iteration"),
        *(_slider(label, id_, low, high, label, "limit") for label, id_, low, high in LIMITS),
    )

"""The Layers page: the structure of the network beside the statistics of its layers over the steps."""

import dash_mantine_components as dmc
from dash import dcc, html, register_page
from dash.development.base_component import Component

from data.store import list_runs
from ids import Layers
from pages._first_run import build_first_run
from pages._layers_filters import (
    FILTER_HELP,
    build_filter_controls,
    build_filter_drawer,
    build_filter_stores,
    build_top_chart,
    build_top_controls,
)
from parts.blocks import attributes, empty_state, help_entries, page_frame
from parts.controls import field, panel_section, segments, slider_field

register_page(__name__, path="/layers", title="Layers · Epochscope", order=3)

HOW = (
    "One chart per module. ",
    html.B("Click"),
    " a blue bar to open it into blocks and layers, a pale bar to close it again.",
)
VALUES = (
    ("weight", "Weights"),
    ("gradient", "Gradients"),
    ("update", "Updates"),
    ("activation", "Activations"),
)
STATISTICS = (
    ("min", "Minimum"),
    ("q25", "First quartile"),
    ("median", "Median"),
    ("q75", "Third quartile"),
    ("max", "Maximum"),
    ("mean", "Mean"),
    ("sd", "Standard deviation"),
    ("variance", "Variance"),
    ("sum", "Sum"),
    ("l0", "L0: share not zero"),
    ("l1", "L1 per weight"),
    ("l2", "L2 per weight"),
)
SORTS = (
    ("network", "Network order"),
    ("change", "Largest change at focus"),
    ("still", "Never-changing first"),
)
THRESHOLDS = ("0.1", "0.01", "0.001", "0.0001", "0.00001", "0.000001")
SKELETON_ROWS = 8
STORES = (
    Layers.STRUCTURE,
    Layers.SHOWN,
    Layers.ROWS_DATA,
    Layers.ANOMALIES_ASK,
    Layers.ANOMALIES,
)


def layout(**_: str) -> html.Div:
    """Build the page, or the page of an empty log folder."""
    if not list_runs():
        return build_first_run()
    return page_frame(
        "layers",
        "Layers",
        list(HOW),
        [
            html.Div(id=Layers.NOTES, className="chart-notes"),
            _build_card(),
            _build_empty(),
            build_filter_drawer(),
            *(dcc.Store(id=store) for store in STORES),
            *build_filter_stores(),
        ],
        [
            _build_chart_controls(),
            build_filter_controls(),
            _build_layer_controls(),
            build_top_controls(),
        ],
        _build_help(),
    )


def _build_card() -> html.Div:
    head = html.Div(
        [
            html.Span(id=Layers.CRUMB, className="crumb"),
            html.Span(id=Layers.LEGEND, className="right"),
        ],
        className="head",
    )
    label = (
        "A chart for each shown level; arrow keys choose, Enter opens, Escape closes, "
        "plus and minus change the height"
    )
    return html.Div(
        [
            head,
            html.Div(
                [
                    _build_chart(Layers.HEAD, "Learning rate and update by weight", "sticky"),
                    _build_chart(Layers.ROWS, label),
                    html.Canvas(
                        id=Layers.GRAPH,
                        role="img",
                        **attributes(aria_label="Structure of the network, and its levels"),
                    ),
                ],
                className="layers-body",
            ),
            build_top_chart(),
            html.P(id=Layers.TEXT, className="unseen"),
            _build_skeleton(),
        ],
        id=Layers.CARD,
        className="card chart-card layers-card loading",
    )


def _build_chart(id_: str, label: str, more: str = "") -> html.Div:
    described = {"aria_label": label, "aria_describedby": Layers.TEXT}
    return html.Div(
        [
            html.Canvas(id=id_, tabIndex=0, role="img", **attributes(**described)),
            html.Canvas(className="marks", **attributes(aria_hidden="true")),
            html.Div(className="labels"),
        ],
        className=f"canvas-chart {more}".strip(),
    )


def _build_skeleton() -> html.Div:
    bars = [html.Div(className="skeleton") for _ in range(SKELETON_ROWS)]
    return html.Div(bars, className="layers-skeleton", **attributes(aria_hidden="true"))


def _build_empty() -> html.Div:
    text = "No layer statistics in this run: it was recorded without a model."
    empty = empty_state(
        "stack-2", "Nothing to show yet", text, "Recorder(folder, model, optimizer=optimizer)"
    )
    return html.Div(empty, className="card layers-empty")


def _build_chart_controls() -> html.Section:
    name = "Number of bands of a horizon chart"
    read_out = html.Span("3", id=Layers.BANDS_TEXT, className="num")
    return panel_section(
        "Charts",
        field("Values of", _build_select(Layers.VALUES, VALUES, "weight", "Values of")),
        field("Statistic", _build_select(Layers.STATISTIC, STATISTICS, "mean", "Statistic")),
        html.Div(
            _build_types(),
            className="field whole",
        ),
        slider_field("Bands", Layers.BANDS, read_out, name, min=1, max=6, step=1, value=3),
        field("Scale", segments(Layers.SCALE, "same", "own")),
        html.Div(
            [
                html.Span("Change ratio, relative change below"),
                dmc.ChipGroup(
                    dmc.Group([dmc.Chip(_name(one), value=one, size="xs") for one in THRESHOLDS]),
                    id=Layers.RATIO,
                    multiple=True,
                    value=list(THRESHOLDS[:4]),
                ),
            ],
            className="layers-thresholds",
        ),
    )


def _build_types() -> Component:
    types: Component = dmc.SegmentedControl(
        id=Layers.TYPE,
        data=["line", "horizon", "box", "ratio", "heat"],
        value="horizon",
        size="xs",
        transitionDuration=0,
    )
    return types


def _name(threshold: str) -> str:
    value = float(threshold)
    return threshold if value >= 1e-3 else f"{value:.0e}".replace("e-0", "e−")


def _build_select(
    id_: str, choices: tuple[tuple[str, str], ...], value: str, label: str
) -> Component:
    select: Component = dmc.Select(
        id=id_,
        data=[{"value": one, "label": text} for one, text in choices],
        value=value,
        size="xs",
        w=150,
        allowDeselect=False,
        **attributes(aria_label=label),
    )
    return select


def _build_layer_controls() -> html.Section:
    search = dmc.TextInput(
        id=Layers.SEARCH,
        placeholder="Search layer",
        size="xs",
        debounce=150,
        className="search-field",
        leftSection=html.Span(className="icon icon-search"),
        **attributes(aria_label="Search layer"),
    )
    only = dmc.Switch(id=Layers.ONLY, size="xs", checked=False, label="Only with anomaly filters")
    return panel_section(
        "Layers",
        search,
        field("Sort", _build_select(Layers.SORT, SORTS, "network", "Sort layers")),
        html.Div(only, className="field whole layers-only"),
        html.P(id=Layers.ANOMALIES_TEXT, className="layers-anomalies"),
    )


def _build_help() -> html.Div:
    return help_entries(
        "How the weights of every layer, block and module evolve over the steps of a run. Keys 1 to 5"
        " choose the chart; its lower edge is dragged, or + and - pressed, to change its height.",
        (
            ("level-bars", "Level bars", "Layer, block and module by width; pale where opened."),
            ("horizon", "Horizon", "Folded into bands; darker is further from zero."),
            ("box", "Box", "Minimum, quartiles and maximum of a recorded step."),
            ("ratio", "Change ratio", "Shares of the weights by how far they moved."),
            *FILTER_HELP,
            ("focus", "Focus line", "The focus step; what is read off stands at the right."),
            ("not-finite", "Cross", "From here on not all is finite; nothing is drawn after it."),
            ("hatch", "Hatch", "Missing: not recorded, never zero."),
        ),
    )

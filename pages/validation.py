"""The Validation page: how every class and every image was answered over the steps of a run."""

from dash import dcc, html, register_page
from dash.development.base_component import Component

from data.store import list_runs
from ids import Validation
from pages._first_run import build_first_run
from pages._validation_panel import build_panel
from parts.blocks import attributes, empty_state, help_entries, page_frame

register_page(__name__, path="/validation", title="Validation · Epochscope", order=2)

HOW = (
    "One strip is one class, or a cluster of classes. ",
    html.B("Click"),
    " a row to open it, a triangle to move the focus.",
)
SKELETON_ROWS = 6


def layout(**_: str) -> html.Div:
    """Build the page, or the page of an empty log folder."""
    if not list_runs():
        return build_first_run()
    return page_frame(
        "validation",
        "Validation",
        list(HOW),
        [
            html.Div(id=Validation.NOTES, className="chart-notes"),
            _build_card(),
            _build_empty(),
            _build_dock(),
            *_build_stores(),
        ],
        build_panel(),
        _build_help(),
    )


def _build_card() -> html.Div:
    head = html.Div(
        [
            html.Span(id=Validation.CRUMB, className="crumb"),
            html.Span(id=Validation.LEGEND, className="right"),
        ],
        className="head",
    )
    return html.Div(
        [
            head,
            _build_chart(Validation.HEAD, "Error and learning rate over the steps", "sticky"),
            _build_chart(Validation.ROWS, "A strip for each class; arrow keys choose, Enter opens"),
            html.P(id=Validation.TEXT, className="unseen"),
            html.P(id=Validation.ANOMALIES_TEXT, className="unseen"),
            _build_skeleton(),
        ],
        id=Validation.CARD,
        className="card chart-card validation-card loading",
    )


def _build_empty() -> html.Div:
    text = "None of the chosen runs recorded a validation. Call recorder.validate(loader)."
    empty = empty_state("photo-check", "Nothing to show yet", text, "recorder.validate(loader)")
    return html.Div(empty, className="card validation-empty")


def _build_chart(id_: str, label: str, more: str = "") -> html.Div:
    texts = f"{Validation.TEXT} {Validation.ANOMALIES_TEXT}"
    described = {"aria_label": label, "aria_describedby": texts}
    return html.Div(
        [
            html.Canvas(id=id_, tabIndex=0, role="img", **attributes(**described)),
            html.Canvas(className="triangles", **attributes(aria_hidden="true")),
            html.Canvas(className="marks", **attributes(aria_hidden="true")),
            html.Div(className="labels"),
        ],
        className=f"canvas-chart {more}".strip(),
    )


def _build_dock() -> html.Div:
    """Build the cards under the chart: the ranked table of anomaly iterations, and pictures."""
    return html.Div(
        [
            html.Div(id=Validation.TABLE, className="card"),
            html.Div(id=Validation.PICTURES, className="card"),
            # The whole gallery of a class opens over the page.
            html.Dialog(
                className="overlay gallery",
                **attributes(data_overlay="gallery", aria_label="Gallery"),
            ),
        ],
        className="validation-dock",
    )


def _build_skeleton() -> html.Div:
    bars = [html.Div(className="skeleton") for _ in range(SKELETON_ROWS)]
    return html.Div(bars, className="validation-skeleton", **attributes(aria_hidden="true"))


def _build_stores() -> list[Component]:
    names = (
        *("STRIPS", "OPEN", "CHARTS", "ANSWERS", "ANOMALIES", "SUGGESTION"),
        *("GROUPING", "CLUSTERS", "COMPARED", "SILHOUETTES", "ASKED", "FLIPPED_AT", "FLIPPED"),
    )
    return [dcc.Store(id=getattr(Validation, name)) for name in names]


def _build_help() -> html.Div:
    return help_entries(
        "How every class, and every image in it, was answered over the steps of a run.",
        (
            ("strip", "Strip", "Share of a class predicted wrong at each recorded step."),
            ("pixels", "Pixel chart", "A row per image, a cell per recorded step: right or wrong."),
            (
                "lanes",
                "Predicted label",
                "Share of the class given a label; the bar is this image.",
            ),
            (
                "triangle-left",
                "Left rule",
                "Many images flip here after k steps of one answer; the wider, the more.",
            ),
            ("triangle-right", "Right rule", "Many flip here and keep the new answer for k steps."),
            ("focus", "Focus line", "The focus step; what is read off stands at the right."),
            ("not-finite", "Cross", "From here on nothing is finite; nothing is drawn after it."),
            ("hatch", "Hatch", "Missing: not recorded, never zero."),
        ),
    )

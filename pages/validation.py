"""The Validation page: how every class and every image was answered over the steps of a run."""

import dash_mantine_components as dmc
from dash import dcc, html, register_page
from dash.development.base_component import Component

from data.store import list_runs
from ids import Validation
from pages._first_run import build_first_run
from parts.blocks import attributes, empty_state, help_entries, page_frame
from parts.controls import field, panel_section, segments, slider_field

register_page(__name__, path="/validation", title="Validation · Epochscope", order=2)

HOW = (
    "One strip is one class. ",
    html.B("Click"),
    " a row to see its images, an image to see its labels; ",
    html.B("drag"),
    " over a strip to set the range.",
)
SORTS = (("easy", "Easy to hard"), ("recorded", "As recorded"), ("focus", "By error at focus"))
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
            html.Div(id=Validation.NOTES, className="validation-notes"),
            _build_card(),
            _build_empty(),
            *_build_stores(),
        ],
        [_build_class_controls(), _build_image_controls()],
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
            _build_skeleton(),
        ],
        id=Validation.CARD,
        className="card validation-card loading",
    )


def _build_empty() -> html.Div:
    text = "None of the chosen runs recorded a validation. Call recorder.validate(loader)."
    empty = empty_state("photo-check", "Nothing to show yet", text, "recorder.validate(loader)")
    return html.Div(empty, className="card validation-empty")


def _build_chart(id_: str, label: str, more: str = "") -> html.Div:
    described = {"aria_label": label, "aria_describedby": Validation.TEXT}
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
    return html.Div(bars, className="validation-skeleton", **attributes(aria_hidden="true"))


def _build_stores() -> list[Component]:
    stores = (Validation.STRIPS, Validation.OPEN, Validation.CHARTS, Validation.ANSWERS)
    return [dcc.Store(id=store) for store in stores]


def _build_class_controls() -> html.Section:
    search = dmc.TextInput(
        id=Validation.SEARCH,
        placeholder="Search class",
        size="xs",
        debounce=150,
        className="search-field",
        leftSection=html.Span(className="icon icon-search"),
        **attributes(aria_label="Search class"),
    )
    sort = dmc.Select(
        id=Validation.SORT,
        data=[{"value": value, "label": label} for value, label in SORTS],
        value="easy",
        size="xs",
        w=150,
        allowDeselect=False,
        **attributes(aria_label="Sort classes"),
    )
    return panel_section("Classes", search, field("Sort", sort))


def _build_image_controls() -> html.Section:
    read_out = html.Span("fits", id=Validation.HEIGHT_TEXT, className="num")
    name = "Row height in pixels"
    return panel_section(
        "Images",
        field("Colour", segments(Validation.COLOR, "right, wrong", "predicted"), "color-field"),
        field("Order", segments(Validation.ORDER, "difficulty", "recorded")),
        slider_field(
            "Row height", Validation.HEIGHT, read_out, name, min=0, max=15, step=1, value=0
        ),
    )


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
            ("focus", "Focus line", "The focus step; what is read off stands at the right."),
            ("not-finite", "Cross", "From here on nothing is finite; nothing is drawn after it."),
            ("hatch", "Hatch", "Missing: not recorded, never zero."),
        ),
    )

"""The Cube page: classes, filters and steps as three faces that share their edges."""

from dash import html, register_page

from data.store import list_runs
from ids import Cube
from pages._first_run import build_first_run
from parts.blocks import attributes, help_entries, page_frame
from parts.controls import field, segments, slider_field
from parts.faces import build_body, build_choices, build_panel

register_page(__name__, path="/cube", title="Cube · Epochscope", order=5)

HOW = (
    "A class runs from the top over the edge to the right, a mini-set from the front. ",
    html.B("Hover"),
    " lights it, ",
    html.B("click"),
    " pins it.",
)

ANGLE = 49  # degrees by which the depth leans, as in assets/cube_layout.js


def layout(**_: str) -> html.Div:
    """Build the page, or the page of an empty log folder."""
    if not list_runs():
        return build_first_run()
    angle = slider_field(
        "Angle",
        Cube.ANGLE,
        html.Span(f"{ANGLE}°", id=Cube.ANGLE_TEXT, className="num"),
        "Angle of the depth in degrees",
        min=30,
        max=60,
        step=1,
        value=ANGLE,
    )
    view = [field("Layout", segments(Cube.LAYOUT, "cube", "flat")), angle]
    return page_frame(
        "cube",
        "Cube",
        list(HOW),
        build_body(),
        [*build_panel([*view, *build_choices(cube=True)]), _build_export()],
        _build_help(),
    )


def _build_export() -> html.Section:
    buttons = [
        html.Button(
            f"Save {kind.upper()}",
            type="button",
            className="btn",
            **attributes(data_do=f"cube-{kind}"),
        )
        for kind in ("svg", "png")
    ]
    return html.Section(html.Div(buttons, className="cube-export"))


def _build_help() -> html.Div:
    return help_entries(
        "Validation on top, Layers in front, Correlation at the right, on the edges they share.",
        (
            ("strip", "Strip", "Share of a class predicted wrong at each validated step."),
            (
                "rectangle",
                "Rectangle",
                "A mini-set, all of it among the top k, at an anomaly iteration of the class.",
            ),
            ("focus", "Focus line", "The focus step, on all three faces."),
            ("hatch", "Hatch", "Missing: not recorded, never zero."),
        ),
    )

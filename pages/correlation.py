"""The Correlation page: which filters of which layers move when images of a class flip."""

from dash import html, register_page

from data.store import list_runs
from pages._first_run import build_first_run
from parts.blocks import help_entries, page_frame
from parts.faces import build_body, build_choices, build_panel

register_page(__name__, path="/correlation", title="Correlation · Epochscope", order=4)

HOW = (
    html.B("Hover"),
    " a class, a mini-set or a rectangle; ",
    html.B("click"),
    " pins it. Lines lead each class from its strip to its column.",
)


def layout(**_: str) -> html.Div:
    """Build the page, or the page of an empty log folder."""
    if not list_runs():
        return build_first_run()
    return page_frame(
        "correlation",
        "Correlation",
        list(HOW),
        build_body(),
        build_panel(build_choices(cube=False)),
        _build_help(),
    )


def _build_help() -> html.Div:
    return help_entries(
        "Which filters change most at the steps where many images of a class flip.",
        (
            ("strip", "Strip", "Share of a class predicted wrong at each validated step."),
            (
                "rectangle",
                "Rectangle",
                "A mini-set, all of it among the top k, at an anomaly iteration of the class. The"
                " band behind it reaches from its first to its last.",
            ),
            (
                "beyond",
                "Outline",
                "More than chance, among steps of the same learning-rate stage; it holds over the"
                " whole matrix at 5 % false discoveries. Lift alone only describes.",
            ),
            ("focus", "Focus line", "The focus step, and its iterations in Correlation."),
            ("hatch", "Hatch", "Missing: not recorded, never zero."),
        ),
    )

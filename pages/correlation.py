"""The page Correlation, not built yet: which filters of which layers move when images of a class are learned or forgotten."""

from dash import html, register_page

from pages._planned import build_planned

register_page(__name__, path="/correlation", title="Correlation · Epochscope", order=4)


def layout(**_: str) -> html.Div:
    """Say what will be here."""
    return build_planned(
        "correlation",
        "Correlation",
        "chart-grid-dots",
        "This page will show which filters of which layers move when images of a class are learned or forgotten.",
    )

"""The page Cube, not built yet: classes, layers and steps stitched together on the axes they share."""

from dash import html, register_page

from pages._planned import build_planned

register_page(__name__, path="/cube", title="Cube · Epochscope", order=5)


def layout(**_: str) -> html.Div:
    """Say what will be here."""
    return build_planned(
        "cube",
        "Cube",
        "cube",
        "This page will show classes, layers and steps stitched together on the axes they share.",
    )

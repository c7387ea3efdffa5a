"""The page Layers, not built yet: the structure of the network beside the statistics of each layer over the steps, and the filters that change most at a step."""

from dash import html, register_page

from pages._planned import build_planned

register_page(__name__, path="/layers", title="Layers · Epochscope", order=3)


def layout(**_: str) -> html.Div:
    """Say what will be here."""
    return build_planned(
        "layers",
        "Layers",
        "stack-2",
        "This page will show the structure of the network beside the statistics of each layer over the steps, and the filters that change most at a step.",
    )

"""The page Data flow, not built yet: how values flow through the network around the focus step, and which neuron and image made them fail."""

from dash import html, register_page

from pages._planned import build_planned

register_page(__name__, path="/dataflow", title="Data flow · Epochscope", order=6)


def layout(**_: str) -> html.Div:
    """Say what will be here."""
    return build_planned(
        "dataflow",
        "Data flow",
        "sitemap",
        "This page will show how values flow through the network around the focus step, and which neuron and image made them fail.",
    )

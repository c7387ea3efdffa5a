"""The page Neurons, not built yet: what the neurons have learned, in clusters, and how the clusters of successive layers combine."""

from dash import html, register_page

from pages._planned import build_planned

register_page(__name__, path="/neurons", title="Neurons · Epochscope", order=7)


def layout(**_: str) -> html.Div:
    """Say what will be here."""
    return build_planned(
        "neurons",
        "Neurons",
        "affiliate",
        "This page will show what the neurons have learned, in clusters, and how the clusters of successive layers combine.",
    )

"""The page Compare, not built yet: what differs between the chosen runs, and since which step."""

from dash import html, register_page

from pages._planned import build_planned

register_page(__name__, path="/compare", title="Compare · Epochscope", order=8)


def layout(**_: str) -> html.Div:
    """Say what will be here."""
    return build_planned(
        "compare",
        "Compare",
        "columns-2",
        "This page will show what differs between the chosen runs, and since which step.",
    )

"""The page of an address that leads nowhere."""

from dash import dcc, html, register_page

from parts.blocks import icon, page_frame

register_page(__name__, title="Not found · Epochscope")


def layout(**_: str) -> html.Div:
    """Say that the address names no page, and offer the one that always exists."""
    sign = html.Div(
        [
            html.Span(icon("file-off"), className="sign"),
            html.B("No page has this address"),
            html.P("The navigation lists the pages."),
            dcc.Link("Open the Overview", href="/", className="btn"),
        ],
        className="empty",
    )
    how = "The address names no page of this dashboard."
    return page_frame("not_found", "Page not found", how, [html.Div(sign, className="card")])

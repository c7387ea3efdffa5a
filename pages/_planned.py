"""A page that is not built yet: its title and one sentence that says what will be there."""

from dash import html

from parts.blocks import icon, page_frame


def build_planned(name: str, title: str, icon_name: str, sentence: str) -> html.Div:
    """Build the page of a view that a later version brings."""
    sign = html.Div(
        [
            html.Span(icon(icon_name), className="sign"),
            html.B("Not built yet"),
            html.P("What a run records for this page is in its log already."),
        ],
        className="empty",
    )
    return page_frame(name, title, sentence, [html.Div(sign, className="card")])

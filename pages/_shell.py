"""The frame around every page: header, navigation, timeline and the stores of the selection."""

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html, page_container, page_registry, strip_relative_path
from dash.development.base_component import Component
from dash.exceptions import UnsupportedRelativePath

from data.errors import RunError
from ids import Shell
from parts.blocks import attributes, icon

GROUPS = (
    ("", (("/", "Overview", "chart-line"),)),
    (
        "Evolution",
        (
            ("/validation", "Validation", "photo-check"),
            ("/layers", "Layers", "stack-2"),
            ("/correlation", "Correlation", "chart-grid-dots"),
            ("/cube", "Cube", "cube"),
        ),
    ),
    (
        "Structure",
        (("/dataflow", "Data flow", "sitemap"), ("/neurons", "Neurons", "affiliate")),
    ),
    ("Variants", (("/compare", "Compare", "columns-2"),)),
)
THEME = {
    "fontFamily": "var(--font)",
    "fontFamilyMonospace": "var(--mono)",
    "defaultRadius": 7,
    "fontSizes": {"xs": "11px", "sm": "12px", "md": "13px"},
}
LIVE_MILLISECONDS = 2000


def build_shell(
    stores: Mapping[str, Any], pathname: str | None = None, search: str | None = None
) -> Component:
    """Build the frame that holds every page; `stores` has the data of its stores by their ids.

    Where the address is known that the frame is built for, the page of it is in its place already.
    """
    place = _place_page(pathname, search) if pathname else page_container
    frame = html.Div([_header(), _navigation(), _timeline(), _main(place)], className="app")
    url = dcc.Location(id=Shell.URL, refresh=False, pathname=pathname, search=search)
    provider: Component = dmc.MantineProvider(
        [frame, _overlays(), url, *_stores(stores)], theme=THEME, defaultColorScheme="auto"
    )
    return provider


def _place_page(pathname: str, search: str | None) -> Component:
    """Put a page into Dash's place for pages, as Dash would in answer to one more request."""
    place: Component = deepcopy(page_container)
    pages = {page["path"].strip("/"): page for page in page_registry.values()}
    with suppress(UnsupportedRelativePath, RunError):  # Dash asks for the page, and tells why
        page = pages.get(strip_relative_path(pathname))
        if page is not None:
            parts = {part.id: part for part in place.children}
            parts["_pages_content"].children = page["layout"]()
            parts["_pages_location"].pathname = pathname
            parts["_pages_location"].search = search
            parts["_pages_store"].data = {"title": page["title"]}
    return place


def _header() -> html.Header:
    brand = html.A([icon("epochscope"), "Epochscope"], href="/", className="brand")
    toggle = dmc.ColorSchemeToggle(
        id=Shell.SCHEME_TOGGLE,
        lightIcon=icon("moon"),
        darkIcon=icon("sun"),
        variant="subtle",
        size=30,
        className="iconbtn",
        **attributes(aria_label="Switch between light and dark"),
    )
    return html.Header(
        [
            brand,
            html.Div(id=Shell.CHIPS, className="chips"),
            html.Span(className="spacer"),
            html.Span(id=Shell.LIVE_TEXT, className="live", role="status"),
            _tool("search", "search", "Search (/)"),
            _tool("share", "share-2", "Share this view (S)"),
            toggle,
            _tool("help", "help-circle", "How to read this page (H)"),
        ]
    )


def _tool(action: str, icon_name: str, label: str) -> html.Button:
    return html.Button(
        icon(icon_name),
        type="button",
        className="iconbtn",
        title=label,
        **attributes(aria_label=label, data_do=action),
    )


def _navigation() -> html.Nav:
    links: list[Component] = []
    for group, pages in GROUPS:
        if group:
            links.append(html.Div(group, className="group"))
        links += [
            html.A(
                [icon(icon_name), html.Span(title)], href=path, className="nav-link", title=title
            )
            for path, title, icon_name in pages
        ]
    return html.Nav(
        [html.Div(links, className="links"), html.Div(id=Shell.NAV_FOOT, className="foot")],
        **attributes(aria_label="Pages"),
    )


def _timeline() -> html.Div:
    canvas = html.Canvas(
        id=Shell.TIMELINE,
        tabIndex=0,
        role="slider",
        **attributes(aria_label="Timeline", aria_describedby=Shell.TIMELINE_TEXT),
    )
    text = html.Div(id=Shell.TIMELINE_TEXT, className="visually-hidden")
    return html.Div([canvas, text], className="timeline")


def _main(place: Component) -> html.Main:
    return html.Main(
        [
            html.Div(id=Shell.ERROR, className="banner", role="alert"),
            html.Div(id=Shell.NOTICE, className="link-notice"),
            place,
        ]
    )


def _overlays() -> html.Div:
    names = ("picker", "search", "share", "shortcuts", "help")
    dialogs = [
        html.Dialog(className=f"overlay {name}", **attributes(data_overlay=name)) for name in names
    ]
    tooltip = html.Div(className="tip", hidden=True, **attributes(data_tooltip="timeline"))
    return html.Div([html.Div(dialogs), tooltip])


def _stores(data: Mapping[str, Any]) -> list[Component]:
    names = (
        Shell.LIVE,
        Shell.LIVE_VERSION,
        Shell.SELECTION,
        Shell.CHOSEN,
        Shell.RANGE,
        Shell.FOCUS,
        Shell.CLASSES,
        Shell.IMAGES,
        Shell.LAYERS,
        Shell.OPTIONS,
        Shell.SETTINGS,
        Shell.CHOSEN_VERSIONS,
        Shell.FACTS,
        Shell.SCHEME,
        Shell.TIMELINE_DATA,
    )
    return [
        dcc.Interval(id=Shell.TICK, interval=LIVE_MILLISECONDS),
        *(dcc.Store(id=name, data=data.get(name)) for name in names),
    ]

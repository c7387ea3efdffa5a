"""The building blocks of every page: its frame, cards, strips, empty states, glyphs."""

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

Content = str | Component | Sequence[str | Component]


def page_frame(
    name: str,
    title: str,
    how: Content,
    body: Sequence[Component],
    panel: Sequence[Component] | None = None,
    help_: Component | None = None,
) -> html.Div:
    """Build a page: its title, one line on how to use it, its content and its control panel."""
    head = html.Div(
        [html.H1(title), *([_controls_button()] if panel else [])], className="page-head"
    )
    page = html.Div(
        [head, html.P(how, className="how"), *body, *([help_] if help_ else [])], className="page"
    )
    if not panel:
        return html.Div(page, className="view wide", **attributes(data_page=name))
    close = _tool("controls", "x", "Close the controls", "iconbtn small panel-close")
    aside = html.Aside([close, *panel], className="panel", **attributes(aria_label="Controls"))
    return html.Div([page, aside], className="view", **attributes(data_page=name))


def _controls_button() -> html.Button:
    return html.Button(
        [icon("adjustments-horizontal"), "Controls"],
        type="button",
        className="btn controls-toggle",
        **attributes(data_do="controls"),
    )


def _tool(action: str, icon_name: str, label: str, style: str) -> html.Button:
    return html.Button(
        icon(icon_name),
        type="button",
        className=style,
        title=label,
        **attributes(aria_label=label, data_do=action),
    )


def card(
    title: str,
    subtitle: Content,
    children: Content,
    legend: Content | None = None,
    id: str | None = None,
) -> html.Div:
    """Build a card: what is measured and its unit beside the title, the legend at the right."""
    head = [html.B(title), html.Span(subtitle, className="sub")]
    if legend is not None:
        head.append(html.Span(legend, className="right"))
    body = [children] if isinstance(children, str | Component) else list(children)
    named: dict[str, Any] = {} if id is None else {"id": id}
    return html.Div([html.Div(head, className="head"), *body], className="card", **named)


def empty_state(icon_name: str, title: str, text: str, code: str | None = None) -> html.Div:
    """Say what is missing and the one line of code that records it."""
    parts: list[Component] = [
        html.Span(icon(icon_name), className="sign"),
        html.B(title),
        html.P(text),
    ]
    if code is not None:
        parts.append(code_line(code))
    return html.Div(parts, className="empty")


def code_line(code: str) -> html.Div:
    """Show one line of code or one command with a button that copies it."""
    copy = html.Button(
        icon("copy"),
        type="button",
        className="iconbtn small",
        title="Copy",
        **attributes(aria_label=f"Copy {code}", data_do="copy", data_copy=code),
    )
    return html.Div([html.Code(code), copy], className="code")


def trouble(kind: str, title: str, text: Content, actions: Sequence[Component] = ()) -> html.Div:
    """Build the strip that names what is wrong ('bad', 'warn') or worth knowing ('info')."""
    icons = {"bad": "file-alert", "warn": "alert-triangle", "info": "info-circle"}
    parts: list[Component] = [icon(icons[kind]), html.B(title), html.Div(text, className="text")]
    if actions:
        parts.append(html.Div(list(actions), className="actions"))
    return html.Div(parts, className=f"trouble {kind}", role="alert" if kind == "bad" else "status")


def attributes(**names: str) -> dict[str, Any]:
    """Spell attributes with hyphens: data_page becomes data-page."""
    return {name.replace("_", "-"): value for name, value in names.items()}


def icon(name: str) -> html.Span:
    """Draw the Tabler icon of that name in the colour of the text."""
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


def help_entries(sentence: str, glyphs: Sequence[tuple[str, str, str]]) -> html.Div:
    """Fill the help drawer of a page: one sentence, then (drawing, title, text) of each glyph.

    A drawing is a name in epochscope.glyphs, so that the chart code itself draws the legend. All of it is
    one component: a component more costs time whenever anything on the page changes.
    """
    listed = json.dumps(glyphs)
    return html.Div(
        sentence, className="help-source", hidden=True, **attributes(data_glyphs=listed)
    )

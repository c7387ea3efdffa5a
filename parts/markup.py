"""Fixed markup as one component: the browser asks every component of Dash at every change."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from dash import html
from dash.development.base_component import Component

# The properties of fixed elements and the attributes they are in the browser.
ATTRIBUTES = {
    "className": "class",
    "title": "title",
    "role": "role",
    "type": "type",
    "href": "href",
}
FREE = ("data-", "aria-")  # attributes of any other name keep their element a component
HOST = "data-markup"  # holds the children of an element as JSON, which assets/markup.js builds


def fold(part: Component) -> Component:
    """Return a layout in which each largest part that no callback can reach is one component.

    Such a part is made of HTML elements without an id and with plain attributes. Its look and its
    elements stay as they are: its children are sent as JSON, and built when it appears.
    """
    if not isinstance(part, Component):
        return part
    children = _children(part)
    if not any(isinstance(child, Component) for child in children):
        return part
    if _is_fixed(part):
        part.children = None
        setattr(part, HOST, json.dumps([_describe(child) for child in children]))
        return part
    inside = [fold(child) for child in children]
    part.children = inside if isinstance(part.children, list | tuple) else inside[0]
    return part


def folded(layout: Callable[..., Component]) -> Callable[..., Component]:
    """Make of a function that builds a layout one that builds it folded."""

    @wraps(layout)
    def build(**parameters: Any) -> Component:
        return fold(layout(**parameters))

    return build


def _children(part: Component) -> list[Any]:
    found = getattr(part, "children", None)
    if found is None:
        return []
    return list(found) if isinstance(found, list | tuple) else [found]


def _is_fixed(part: object) -> bool:
    if not isinstance(part, Component):
        return isinstance(part, str | int | float)
    names: Iterable[str] = part.to_plotly_json()["props"]
    return (
        part._namespace == html.Div._namespace
        and all(name == "children" or _attribute(name) for name in names)
        and getattr(part, "href", "/").startswith("/")
        and all(map(_is_fixed, _children(part)))
    )


def _attribute(name: str) -> str | None:
    return name if name.startswith(FREE) else ATTRIBUTES.get(name)


def _describe(part: Any) -> Any:
    """Return text as it is, and an element as [tag, attributes, children]."""
    if not isinstance(part, Component):
        return str(part)
    props = part.to_plotly_json()["props"]
    attributes = {_attribute(name): value for name, value in props.items() if name != "children"}
    return [part._type.lower(), attributes, [_describe(child) for child in _children(part)]]

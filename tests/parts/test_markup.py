"""Folding a layout changes how it is sent, not what it shows."""

import json

from dash import dcc, html
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from parts.markup import fold, folded

ELEMENTS = (html.Div, html.Span, html.B, html.Button)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "className": st.sampled_from(["card", "sub"]),
        "title": st.text(max_size=3),
        "data-do": st.just("help"),
        "aria-label": st.text(max_size=3),
        "id": st.uuids().map(str),
        "hidden": st.just(True),  # not an attribute that is folded
    },
)
TEXT = st.text(max_size=3) | st.integers(0, 9)


def _elements(children):
    held = st.none() | children | TEXT | st.lists(children | TEXT, max_size=4)
    return st.builds(
        lambda kind, children, properties: kind(children, **properties),
        st.sampled_from(ELEMENTS),
        held,
        PROPERTIES,
    )


TREES = st.recursive(
    st.builds(dcc.Store, id=st.uuids().map(str)) | _elements(st.nothing()),
    _elements,
    max_leaves=12,
)


def _children(part):
    held = getattr(part, "children", None)
    if held is None:
        return []
    return list(held) if isinstance(held, list | tuple) else [held]


def _shown(part):
    """Write an element as the browser holds it, whether it was folded or not."""
    if not isinstance(part, Component):
        return str(part)
    names = {"className": "class"}
    given_ = part.to_plotly_json()["props"]
    attributes = {
        names.get(name, name): value
        for name, value in given_.items()
        if name not in ("children", "data-markup")
    }
    inside = [_shown(child) for child in _children(part)]
    return [part._type.lower(), attributes, inside or json.loads(given_.get("data-markup", "[]"))]


def _components(part):
    return (
        [part, *(one for child in _children(part) for one in _components(child))]
        if isinstance(part, Component)
        else []
    )


@given(TREES)
def test_a_folded_layout_shows_what_the_layout_shows(tree):
    wanted = _shown(tree)
    assert _shown(fold(tree)) == wanted
    assert _shown(fold(tree)) == wanted  # folding again changes nothing


@given(TREES)
def test_what_a_callback_can_reach_stays_a_component(tree):
    def reachable(part):
        return {one.id for one in _components(part) if getattr(one, "id", None) is not None}

    wanted = reachable(tree)
    assert reachable(fold(tree)) == wanted


def test_fixed_parts_are_one_component_each():
    tree = html.Div(
        [
            html.P(["See ", html.B("step 3"), html.A("Layers", href="/layers")], className="how"),
            html.Div([html.Span("k"), html.Span("5", id="k")]),
            html.P(["See ", html.A("elsewhere", href="javascript:x")]),
        ]
    )
    assert len(_components(tree)) == 9
    assert len(_components(fold(tree))) == 7


def test_a_layout_that_is_a_function_gets_what_its_address_says():
    build = folded(lambda run, **_: html.Div(html.B(run)))
    assert json.loads(getattr(build(run="base", k="5"), "data-markup")) == [["b", {}, ["base"]]]

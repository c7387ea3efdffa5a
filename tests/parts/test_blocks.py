import json

from dash import html

from parts.blocks import (
    attributes,
    card,
    empty_state,
    help_entries,
    page_frame,
    trouble,
)
from parts.controls import panel_section


def parts_of(component):
    """The component and all it holds, texts included, in the order of the page."""
    children = getattr(component, "children", None)
    if children is None:
        return [component]
    held = children if isinstance(children, list | tuple) else [children]
    return [component, *(part for child in held for part in parts_of(child))]


def texts_of(component):
    return [part for part in parts_of(component) if isinstance(part, str)]


def having(component, class_name):
    return [
        part
        for part in parts_of(component)
        if class_name in str(getattr(part, "className", "")).split()
    ]


def test_a_page_says_its_name_and_title_once():
    page = page_frame("layers", "Layers", "Click a row.", [html.Div("content")])

    assert getattr(page, "data-page") == "layers"
    headings = [part for part in parts_of(page) if isinstance(part, html.H1)]
    assert [heading.children for heading in headings] == ["Layers"]
    assert having(page, "panel") == []


def test_a_page_with_controls_can_open_and_close_them():
    page = page_frame("layers", "Layers", "", [], [panel_section("Runs", html.Div("rows"))])

    assert len(having(page, "panel")) == 1
    doing = [getattr(part, "data-do", None) for part in parts_of(page)]
    assert doing.count("controls") == 2
    assert "rows" in texts_of(page)


def test_a_card_names_what_it_measures_and_carries_an_id_only_if_asked():
    named = card("Loss", "per step", "chart", legend="train", id="loss")

    assert named.id == "loss"
    assert texts_of(named) == ["Loss", "per step", "train", "chart"]
    assert not hasattr(card("Loss", "per step", [html.Div(), html.Div()]), "id")


def test_an_empty_state_offers_the_line_that_records_what_is_missing():
    code = "recorder.validate(loader)"
    state = empty_state("photo", "Nothing to show yet", "No predictions.", code)

    copied = [getattr(part, "data-copy", None) for part in parts_of(state)]
    assert code in copied
    assert code in texts_of(state)
    assert having(empty_state("photo", "Nothing", "None."), "code") == []


def test_a_bad_strip_is_an_alert_and_others_are_only_told():
    bad = trouble("bad", "One file cannot be read", "It is torn.", [html.Button("Copy path")])

    assert bad.role == "alert"
    assert "Copy path" in texts_of(bad)
    assert trouble("warn", "a", "b").role == "status"
    assert having(trouble("info", "a", "b"), "actions") == []


def test_help_names_the_drawing_of_each_glyph():
    entries = help_entries("One strip is one class.", [("stripe", "Stripe", "A class over steps.")])

    assert entries.hidden
    listed = json.loads(getattr(entries, "data-glyphs"))
    assert listed == [["stripe", "Stripe", "A class over steps."]]
    assert texts_of(entries) == ["One strip is one class."]


def test_attributes_are_spelled_with_hyphens():
    assert attributes(aria_label="x", data_do="y") == {"aria-label": "x", "data-do": "y"}

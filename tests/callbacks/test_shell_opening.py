"""What a frame is opened with: what its link asks for in the log of the moment, as the browser reads it."""

import json
from pathlib import Path

import pytest

import app
from callbacks.shell_facts import show_facts
from callbacks.shell_opening import derive_stores, open_link
from data.errors import RunError
from ids import Shell
from selection import Selection

GIVEN = json.loads((Path(__file__).parents[1] / "opening_cases.json").read_text())


@pytest.mark.parametrize("case", GIVEN["cases"], ids=[case["says"] for case in GIVEN["cases"]])
def test_derives_what_the_browser_derives(case):
    selection, _ = Selection.from_link(case["query"])
    given = {**GIVEN, **case}

    assert derive_stores(selection, given["runs"], given["facts"]) == case["stores"]


def test_a_link_is_opened_with_its_runs_and_what_they_are_made_of(runs):
    opening = open_link("http://localhost/cube?runs=project/failing&window=3")

    assert (opening.pathname, opening.search) == ("/cube", "?runs=project/failing&window=3")
    assert opening.stores[Shell.CHOSEN] == ["project/failing"]
    assert opening.stores[Shell.SETTINGS] == {"window": 3}
    assert opening.stores[Shell.FACTS] == show_facts(["project/failing"], None)
    assert opening.stores[Shell.LIVE]["version"] == opening.stores[Shell.LIVE_VERSION]


@pytest.mark.parametrize("address", [None, "", "http://[half"])
def test_without_a_link_only_the_runs_are_known(runs, address):
    opening = open_link(address)

    assert (opening.pathname, opening.search) == (None, None)
    assert set(opening.stores) == {Shell.LIVE, Shell.LIVE_VERSION}


def test_a_run_that_cannot_be_read_is_left_to_the_browser(runs, monkeypatch):
    def fail(*_):
        raise RunError("unreadable")

    monkeypatch.setattr("callbacks.shell_opening.show_facts", fail)

    opening = open_link("http://localhost/layers")

    assert opening.pathname == "/layers"
    assert Shell.CHOSEN not in opening.stores


def find(part, id_):
    """Find the part of a layout, as Dash sends it, by its id."""
    if isinstance(part, list):
        return next((found for each in part if (found := find(each, id_))), None)
    if not isinstance(part, dict):
        return None
    if part.get("props", {}).get("id") == id_:
        return part["props"]
    return find(part.get("props", {}).get("children"), id_)


@pytest.fixture
def ask_layout(runs):
    """Ask for the layout as a page does; returns what is sent."""
    client = app.create_app().server.test_client()

    def ask(path, referrer="same-origin"):
        headers = {"Referer": f"http://localhost{path}"} if referrer else {}
        answer = client.get("/_dash-layout", headers=headers)
        assert answer.status_code == 200
        return answer.get_json()

    return ask


def test_the_layout_of_a_link_has_its_page(ask_layout):
    layout = ask_layout("/validation/?runs=project/failing")

    content = find(layout, "_pages_content")["children"]
    assert find(content, "validation-strips") is not None
    assert find(layout, "_pages_store")["data"] == {"title": "Validation · Epochscope"}
    assert find(layout, "_pages_location")["pathname"] == "/validation/"
    assert find(layout, Shell.URL)["search"] == "?runs=project/failing"
    assert find(layout, Shell.CHOSEN)["data"] == ["project/failing"]


@pytest.mark.parametrize(("path", "referrer"), [("/nowhere", True), ("/cube", False)])
def test_a_layout_leaves_to_dash_what_it_does_not_know(ask_layout, path, referrer):
    layout = ask_layout(path, referrer)

    assert find(layout, "_pages_content")["children"] is None
    assert "pathname" not in find(layout, "_pages_location")


def test_one_page_does_not_stay_in_the_layout_of_the_next(ask_layout):
    ask_layout("/cube")

    content = find(ask_layout("/layers"), "_pages_content")["children"]

    assert find(content, "layers-structure") is not None
    assert find(content, "cube-layout") is None

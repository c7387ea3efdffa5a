"""Callbacks and components know each other only through ids: every id that is wired is placed."""

import json

import dash
import pytest

from pages._shell import build_shell


def placed_ids(layout):
    return {_spell(part.id) for part in layout._traverse_ids()}


def _spell(id_):
    """Write the id of a component as the ids of a callback read; a pattern by its kind alone."""
    if isinstance(id_, str) and id_.startswith("{"):
        id_ = json.loads(id_)
    return f"pattern {id_['type']}" if isinstance(id_, dict) else id_


def layouts(app):
    """Every page as it is built for an empty query."""
    with app.server.test_request_context("/"):
        for page in dash.page_registry.values():
            layout = page["layout"]
            yield layout() if callable(layout) else layout


def wired_ids(app):
    """Ids that callbacks name, but those of Dash's own page container."""
    listed = app.server.test_client().get("/_dash-dependencies").get_json()
    named = {part["id"] for entry in listed for kind in ("inputs", "state") for part in entry[kind]}
    for entry in listed:
        outputs = entry["output"].strip(".").split("...")
        named |= {output.rpartition(".")[0] for output in outputs if "." in output}
    return {_spell(id_) for id_ in named if not id_.startswith(("_pages", "_dash"))}


@pytest.fixture
def placed_over_runs(app):
    return placed_ids(build_shell({})).union(*map(placed_ids, layouts(app)))


@pytest.fixture
def placed(placed_over_runs, app, logdir):
    """Ids of the frame and of every page, over a log with runs and over an empty one."""
    return placed_over_runs.union(*map(placed_ids, layouts(app)))


def test_callbacks_use_only_components_that_a_page_places(app, placed):
    wired = wired_ids(app)

    assert len(wired) > 20
    assert wired - placed == set()


def test_every_page_says_its_name_on_the_element_that_holds_it(app):
    names = []
    for page in layouts(app):
        found = [getattr(part, "data-page", None) for part in [page, *page._traverse()]]
        names.append([name for name in found if name])

    assert all(len(found) == 1 for found in names)
    assert len({found[0] for found in names}) == len(names)

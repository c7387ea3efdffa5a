"""A link and the selection it names, read alike on the server and in the browser."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection import PAGES, Selection

CASES = json.loads((Path(__file__).parent / "selection_cases.json").read_text())

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
numbers = st.integers(0, 10**15 - 1)


def each(strategy, most=5):
    return st.lists(strategy, max_size=most, unique=True).map(tuple)


option_names = st.builds(
    "{}.{}".format, st.sampled_from(PAGES), st.from_regex(r"\A[a-z][a-z0-9-]{0,8}\Z")
)
selections = st.builds(
    Selection,
    runs=each(names, most=4),
    step=st.none() | numbers,
    range=st.none() | st.tuples(numbers, numbers).map(lambda pair: tuple(sorted(pair))),
    picks=each(numbers),
    classes=each(numbers),
    images=each(numbers),
    layers=each(names),
    filters=each(st.builds("{}:{}".format, names, numbers)),
    window=st.none() | st.integers(1, 100),
    rule=st.sampled_from([None, "left", "right", "either"]),
    sample=st.booleans(),
    options=st.dictionaries(option_names, names).map(lambda found: tuple(sorted(found.items()))),
)


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_reads_a_link(case):
    selection, notices = Selection.from_link(case["query"])

    assert selection == Selection.from_store(case["selection"])
    assert notices == case["notices"]


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_writes_the_one_form_of_a_link(case):
    assert Selection.from_store(case["selection"]).to_query() == case["canonical"]


@given(selections)
def test_a_link_restores_the_selection_it_was_made_from(selection):
    assert Selection.from_link(selection.to_query()) == (selection, [])


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_its_selection_survives_a_link(text):
    selection, _ = Selection.from_link(text)

    assert Selection.from_link(selection.to_query()) == (selection, [])


def test_reads_the_decoded_query_that_a_layout_gets():
    selection, notices = Selection.parse({"runs": "a b,c", "step": "x", "validation.open": "3"})

    assert selection == Selection(runs=("a b", "c"), options=(("validation.open", "3"),))
    assert notices == ["step “x”: no whole number, left out"]


def test_an_option_that_no_link_names_has_its_default():
    selection = Selection(options=(("overview.axis", "epoch"),))

    assert selection.option("overview.axis", "step") == "epoch"
    assert selection.option("overview.scale", "linear") == "linear"


def test_an_empty_store_chooses_nothing():
    assert Selection.from_store(None) == Selection()

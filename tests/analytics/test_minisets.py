"""Mini-sets are what Algorithm 1 of the paper means, and the coarsest partition there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.minisets import find_minisets

families = st.dictionaries(
    st.integers(-50, 50), st.lists(st.integers(0, 9), max_size=6), max_size=6
)


def split_one_by_one(sets):
    """Algorithm 1: insert target sets, and split every set into its part inside and outside."""
    parts = []
    for target in map(set, sets.values()):
        rest, after = set(target), []
        for part in parts:
            after += [part & target, part - target]
            rest -= part
        parts = [part for part in [*after, rest] if part]
    return sorted(map(sorted, parts))


def of(text):
    return {place: [int(c) for c in word] for place, word in enumerate(text.split())}


@pytest.mark.parametrize(
    ("sets", "wanted"),
    [
        ("1234 345 46 7", [{1, 2}, {3}, {4}, {5}, {6}, {7}]),
        ("123 123 234", [{2, 3}, {1}, {4}]),
        ("01 23 12 9", [{0}, {1}, {2}, {3}, {9}]),
    ],
)
def test_worked_examples(sets, wanted):
    assert [set(filters) for filters, _ in find_minisets(of(sets))] == wanted


@given(families)
def test_equals_algorithm_1(sets):
    assert sorted(sorted(f) for f, _ in find_minisets(sets)) == split_one_by_one(sets)


@given(families)
def test_every_set_is_the_union_of_those_that_name_it(sets):
    found = find_minisets(sets)
    for key, filters in sets.items():
        assert set(filters) == set().union(*(each for each, keys in found if key in keys))
    for _, keys in found:
        assert list(keys) == [key for key in sets if key in keys]


@given(families)
def test_the_largest_stand_first_then_the_smallest_filter(sets):
    order = [(-len(filters), min(filters)) for filters, _ in find_minisets(sets)]
    assert order == sorted(order)


def test_empty_sets_hold_nothing():
    assert find_minisets({}) == []
    assert find_minisets({"a": [], "b": [3]}) == [(frozenset({3}), ("b",))]

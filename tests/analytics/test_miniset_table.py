from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomaly_filters import ChangingFilters
from analytics.miniset_limits import FEW, Limits, keep_within, suggest_limits
from analytics.miniset_table import (
    MiniSetFigures,
    count_appearances,
    find_whole_steps,
    gather_minisets,
    measure_minisets,
)
from analytics.minisets import find_minisets
from tests.analytics.test_anomaly_filters import CLASSES, LAYERS, STEPS, anomalies, changing


def split_and_insert(targets):
    """Algorithm 1 of the paper, as it was meant: insert the target sets one by one."""
    parts = []
    for target in targets:
        rest = set(target)
        split = []
        for part in parts:
            split += [part & rest, part - rest]
            rest -= part
        parts = [part for part in [*split, rest] if part]
    return parts


def sets_of(filters, layer):
    own = filters.layer == layer
    return {
        step: set(filters.filter[own & (filters.step == step)].tolist())
        for step in sorted(set(filters.step[own].tolist()))
    }


@given(changing())
def test_equals_the_plain_analysis_and_algorithm_1(filters):
    found = gather_minisets(filters, STEPS)

    for layer in range(LAYERS):
        mine = [
            (frozenset(each.tolist()), tuple(np.flatnonzero(whole).tolist()))
            for own, each, whole in zip(found.layer, found.filters, found.whole, strict=True)
            if own == layer
        ]
        targets = sets_of(filters, layer)
        assert mine == find_minisets(targets)
        parts = {frozenset(part) for part in split_and_insert(targets.values())}
        assert {members for members, _ in mine} == parts
    assert all(a <= b for a, b in pairwise(found.layer))


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["1234", "345", "46", "7"], ["12", "3", "4", "5", "6", "7"]),
        (["123", "123", "234"], ["23", "1", "4"]),
        (["01", "23", "12", "9"], ["0", "1", "2", "3", "9"]),
    ],
)
def test_splits_the_worked_examples(targets, expected):
    rows = [(s, 0, int(f)) for s, target in enumerate(targets) for f in target]
    filters = ChangingFilters(*np.array(rows).T)
    found = gather_minisets(filters, len(targets))
    assert ["".join(map(str, each)) for each in found.filters] == expected


def test_filters_of_more_steps_than_a_byte_holds_stay_apart():
    rows = [(step, 0, filter_) for step in range(70) for filter_ in (0, 1)] + [(70, 0, 1)]
    found = gather_minisets(ChangingFilters(*np.array(rows).T), 71)
    assert [each.tolist() for each in found.filters] == [[0], [1]]


@given(changing(), anomalies())
def test_figures_are_those_of_the_definitions(filters, anomalies):
    filters = filters.at(anomalies.any(0))
    sets = gather_minisets(filters, STEPS)
    figures = measure_minisets(sets, anomalies)

    for place, members in enumerate(sets.filters):
        pairs = [
            (class_, step)
            for class_ in range(CLASSES)
            for step in range(STEPS)
            if anomalies[class_, step]
            and set(members.tolist()) <= sets_of(filters, sets.layer[place]).get(step, set())
        ]
        times = [sum(own == class_ for own, _ in pairs) for class_ in range(CLASSES)]
        assert figures.size[place] == len(members)
        assert figures.appearances[place] == len(pairs)
        assert figures.iterations[place] == len({step for _, step in pairs})
        assert figures.classes[place] == len({class_ for class_, _ in pairs})
        assert figures.repeats[place] == max(times)
        assert figures.exclusivity[place] == pytest.approx(max(times) / len(pairs))
        assert figures.weight[place] == len(pairs) * len(members)
        assert count_appearances(sets, anomalies)[place].tolist() == times
    some = np.arange(len(sets))[::-2]
    for name, values in vars(measure_minisets(sets.keep(some), anomalies)).items():
        np.testing.assert_array_equal(getattr(figures.keep(some), name), values)


@given(changing(), anomalies())
def test_a_set_is_whole_where_all_of_it_changes_anomaly_or_not(filters, anomalies):
    sets = gather_minisets(filters.at(anomalies.any(0)), STEPS)
    found = find_whole_steps(sets, filters)

    assert (found[:, anomalies.any(0)] == sets.whole[:, anomalies.any(0)]).all()
    for place, members in enumerate(sets.filters):
        targets = sets_of(filters, sets.layer[place])
        expected = [set(members.tolist()) <= targets.get(step, set()) for step in range(STEPS)]
        assert found[place].tolist() == expected


LADDER = ((2, 2, 2), (2, 2, 1), (2, 1, 2), (1, 1, 2), (1, 1, 1))  # appearances, iterations, size


@st.composite
def figures(draw):
    """Figures of up to 40 sets, as (appearances, iterations, size) of each."""
    each = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 5))
    sets = draw(st.lists(each.map(lambda one: (max(one[:2]), *one[1:])), max_size=40))
    appearances, iterations, size = np.array(sets, np.int64).reshape(-1, 3).T
    ones = np.ones_like(size)
    return sets, MiniSetFigures(
        size, iterations, appearances, ones, ones, ones / 1, appearances * size
    )


def count_filters(sets, rung):
    return sum(
        one[2] for one in sets if all(has >= least for has, least in zip(one, rung, strict=True))
    )


@given(figures(), st.integers(1, 60))
def test_suggests_the_first_limits_that_leave_a_dozen_filters_that_can_be_read(made, most):
    sets, figures = made
    counts = [count_filters(sets, rung) for rung in LADDER]
    limits = suggest_limits(figures, most)
    chosen = (limits.appearances, limits.iterations, limits.size)
    first = next((count for count in counts if count), 0)

    assert (limits.classes, limits.repeats, limits.exclusivity) == (1, 1, 0)
    assert (count_filters(sets, chosen) > 0) == (len(sets) > 0)
    if first > most:  # what is left is too much to read, or any stricter limit leaves nothing
        if count_filters(sets, chosen) > most:
            for more in ((0, 1, 0), (1, 0, 0), (0, 0, 1)):
                assert not count_filters(sets, tuple(np.add(chosen, more)))
        return
    readable = [count for count in counts if count <= most]
    enough = [count for count in readable if count >= FEW]
    wanted = enough[0] if enough else max(readable)
    expected = next(rung for rung, count in zip(LADDER, counts, strict=True) if count == wanted)
    assert chosen == expected


@given(changing(), anomalies())
def test_limits_keep_the_sets_that_reach_all_of_them(filters, anomalies):
    sets = gather_minisets(filters.at(anomalies.any(0)), STEPS)
    figures = measure_minisets(sets, anomalies)
    limits = Limits(appearances=2, iterations=1, size=1, classes=2, repeats=1, exclusivity=50)
    kept = set(keep_within(figures, limits).tolist())

    for place in range(len(sets)):
        reaches = (
            figures.appearances[place] >= 2
            and figures.classes[place] >= 2
            and figures.exclusivity[place] >= 0.5
        )
        assert (place in kept) == reaches

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomaly_filters import ChangingFilters
from analytics.miniset_limits import Limits, keep_within, suggest_limits
from analytics.miniset_table import (
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


@given(changing(), anomalies())
def test_a_set_is_whole_where_all_of_it_changes_anomaly_or_not(filters, anomalies):
    sets = gather_minisets(filters.at(anomalies.any(0)), STEPS)
    found = find_whole_steps(sets, filters)

    assert (found[:, anomalies.any(0)] == sets.whole[:, anomalies.any(0)]).all()
    for place, members in enumerate(sets.filters):
        targets = sets_of(filters, sets.layer[place])
        expected = [set(members.tolist()) <= targets.get(step, set()) for step in range(STEPS)]
        assert found[place].tolist() == expected


@given(changing(), anomalies(), st.integers(1, 30))
def test_suggested_limits_leave_something_and_no_more_than_can_be_read(filters, anomalies, most):
    sets = gather_minisets(filters.at(anomalies.any(0)), STEPS)
    figures = measure_minisets(sets, anomalies)
    limits = suggest_limits(figures, most)
    kept = keep_within(figures, limits)

    assert (len(kept) > 0) == (len(sets) > 0)
    if figures.size[kept].sum() > most:  # then any stricter limit leaves nothing
        for name in ("iterations", "appearances", "size"):
            more = Limits(**{**vars(limits), name: getattr(limits, name) + 1})
            assert not len(keep_within(figures, more))


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

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomaly_filters import (
    ChangingFilters,
    count_all_unions,
    count_changing,
    count_unions,
    default_top,
    rank_filters,
)

LAYERS, STEPS, CLASSES = 3, 6, 4


@st.composite
def changing(draw):
    """Filters that change most at each step: no filter twice at a step."""
    cells = st.tuples(st.integers(0, STEPS - 1), st.integers(0, LAYERS - 1), st.integers(0, 5))
    rows = sorted(draw(st.sets(cells, max_size=40)))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return ChangingFilters(*columns)


def anomalies():
    bits = st.lists(st.booleans(), min_size=STEPS, max_size=STEPS)
    return st.lists(bits, min_size=CLASSES, max_size=CLASSES).map(np.array)


@pytest.mark.parametrize(
    ("filters", "top"), [(1, 3), (106, 3), (200, 4), (346, 6), (5_000, 100), (27_560, 100)]
)
def test_looks_at_two_percent_but_at_most_a_hundred_and_at_least_three(filters, top):
    assert default_top(filters) == top


def test_ties_rank_by_layer_then_filter():
    change = np.array([0.5, 0.9, 0.5, 0.5])
    assert rank_filters(change, np.array([0, 0, 1, 1]), 3).tolist() == [1, 0, 2]


def test_no_change_and_no_number_never_rank_and_leaving_zero_ranks_first():
    change = np.array([0.0, np.nan, 0.1, np.inf])
    assert rank_filters(change, np.zeros(4, int), 4).tolist() == [3, 2]


@pytest.mark.parametrize(("layers", "top"), [([1, 0], 1), ([0], 1), ([0, 1], 0)])
def test_refuses_what_cannot_be_ranked(layers, top):
    with pytest.raises(ValueError, match=r"layers are ascending|a top counts"):
        rank_filters(np.array([0.1, 0.2]), np.array(layers), top)


@given(changing())
def test_counts_each_layer_at_each_step(filters):
    found = count_changing(filters, LAYERS, STEPS)

    for layer in range(LAYERS):
        for step in range(STEPS):
            here = (filters.layer == layer) & (filters.step == step)
            assert found[layer, step] == here.sum()


@given(changing(), anomalies())
def test_a_cell_counts_the_union_over_the_iterations_of_its_class(filters, anomalies):
    found = count_unions(filters, anomalies, LAYERS)
    rows = list(zip(filters.step, filters.layer, filters.filter, strict=True))

    for layer in range(LAYERS):
        for class_ in range(CLASSES):
            union = {f for s, own, f in rows if own == layer and anomalies[class_, s]}
            assert found[layer, class_] == len(union)
        anywhere = {f for s, own, f in rows if own == layer and anomalies[:, s].any()}
        assert count_all_unions(filters, anomalies, LAYERS)[layer] == len(anywhere)

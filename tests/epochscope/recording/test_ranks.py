"""The filters that changed most are ranked; what did not change never is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from epochscope.recording.tables import rank_changes

CHANGES = st.sampled_from([0.0, 0.25, 0.5, 1.0, np.nan])
layers = st.lists(arrays(np.float64, st.integers(0, 6), elements=CHANGES), min_size=1, max_size=3)


@given(layers)
def test_ranks_are_those_of_sorting_what_changed_by_change_layer_and_filter(changes):
    numbered = [(10 * place, values) for place, values in enumerate(changes)]
    found = rank_changes(7, numbered).to_pylist()
    wanted = sorted(
        (-change, layer, filter_)
        for layer, values in numbered
        for filter_, change in enumerate(values)
        if change > 0
    )
    assert [(-row["change"], row["layer"], row["filter"]) for row in found] == wanted
    assert [row["rank_all"] for row in found] == list(range(1, len(wanted) + 1))
    for layer, _ in numbered:
        ranks = [row["rank_layer"] for row in found if row["layer"] == layer]
        assert ranks == list(range(1, len(ranks) + 1))
    assert all(row["step"] == 7 for row in found)

"""A score scale is shared by all runs and is not flattened by one exploding step."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.score_scale import find_score_scale

scores = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(scores, scores)
def test_spans_the_middle_of_all_scores_of_all_runs(one, other):
    scale = find_score_scale([np.array(one), np.array(other)])
    ranked = sorted([*one, *other])
    assert scale.low < scale.high
    inside = [score for score in ranked if scale.low <= score <= scale.high]
    assert len(inside) >= 0.95 * len(ranked) - 2
    assert scale.below == (ranked[0] < scale.low)
    assert scale.above == (ranked[-1] > scale.high)


def test_one_exploding_score_among_many_lies_beyond_the_scale():
    scale = find_score_scale([np.append(np.linspace(0, 1, 500), 1e9)])
    assert scale.high <= 1
    assert scale.above


def test_scores_that_are_not_finite_do_not_count():
    scale = find_score_scale([np.array([np.nan, np.inf, 1.0, 2.0])])
    assert (scale.low, scale.high) == (1.0, 2.0)


def test_no_scores_give_a_scale_all_the_same():
    assert find_score_scale([]).low < find_score_scale([]).high
    assert find_score_scale([np.array([3.0])]).low == 3.0

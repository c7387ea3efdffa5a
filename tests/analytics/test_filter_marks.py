import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.filter_marks import (
    FilterMoves,
    find_decay_only,
    find_frozen,
    find_inactive,
    find_over_active,
    mark_filters,
)

STEPS = np.array([0, 100, 200, 300, 400])


def moves(change, relative, l2=None, steps=STEPS, before=-1):
    change, relative = (np.array(one, dtype=np.float32).T for one in (change, relative))
    l2 = np.ones_like(change) if l2 is None else np.array(l2, dtype=np.float32).T
    return FilterMoves(steps, np.concatenate([[before], steps[:-1]]), change, relative, l2)


NAN = float("nan")
MOVING = [NAN, 1e-3, 1e-3, 1e-3, 1e-3]
STILL = [NAN, 0, 0, 0, 0]


def test_frozen_is_what_never_moved_by_one_bit():
    once = [NAN, 0, 0, 1e-30, 0]
    unknown = [NAN, 0, NAN, 0, 0]
    rows = [STILL, MOVING, once, unknown]
    assert find_frozen(moves(rows, rows)).tolist() == [True, False, False, False]


def test_a_change_that_began_before_the_range_is_none_of_it():
    early = [0.1, 0, 0, 0, 0]
    assert find_frozen(moves([early], [early], before=-1)).tolist() == [True]
    assert find_frozen(moves([early], [early], steps=STEPS + 500, before=400)).tolist() == [True]
    late = [0.0, 0, 0, 0, 0.1]
    assert find_frozen(moves([late], [late], steps=STEPS + 500, before=400)).tolist() == [False]


def test_nothing_is_frozen_where_no_change_was_measured():
    single = FilterMoves(STEPS[:1], np.array([-1]), *(np.full((1, 3), NAN),) * 2, np.ones((1, 3)))
    assert not find_frozen(single).any()
    assert not find_decay_only(single).any()


def shrink(weights, steps, rate, rng, gradient=0.0):
    """Train float32 weights by decay and a gradient, measured as the recorder does."""
    import torch

    from epochscope.recording.changes import measure_change
    from epochscope.recording.statistics import measure_rows

    changes, relatives, lengths = [], [], []
    before = past = None
    for step in range(steps.max() + 1):
        if step in steps:
            now = torch.from_numpy(weights.copy())
            rows = measure_rows(now)
            lengths.append(rows.l2)
            found = None if before is None else measure_change(now, before, rows, past)
            changes.append(np.full(len(weights), NAN) if found is None else found.filters)
            relatives.append(np.full(len(weights), NAN) if found is None else found.relative)
            before, past = now, rows
        pushed = gradient * rng.standard_normal(weights.shape)
        weights = (weights * np.float32(1 - rate) - pushed).astype(np.float32)
    return FilterMoves(
        steps,
        np.concatenate([[-1], steps[:-1]]),
        np.array(changes),
        np.array(relatives),
        np.array(lengths),
    )


@pytest.mark.parametrize("rate", [1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize("weights", [9, 576, 4608])
def test_weights_that_only_shrink_in_float32_are_decay_only(rng, rate, weights):
    start = rng.standard_normal((6, weights)).astype(np.float32)
    found = shrink(start, STEPS, rate, rng)
    assert find_decay_only(found).all()
    assert not find_frozen(found).any()


@pytest.mark.parametrize("gradient", [1e-5, 1e-3])
def test_weights_that_also_turn_are_not(rng, gradient):
    start = rng.standard_normal((6, 576)).astype(np.float32)
    assert not find_decay_only(shrink(start, STEPS, 1e-4, rng, gradient)).any()


def test_growing_weights_and_still_ones_are_not_decay_only(rng):
    start = rng.standard_normal((3, 100)).astype(np.float32)
    assert not find_decay_only(shrink(start, STEPS, -1e-4, rng)).any()
    assert not find_decay_only(shrink(start, STEPS, 0, rng)).any()


def test_inactive_is_zero_for_every_image_of_every_validation():
    largest = np.array([[0, 0, 0.1], [0, 0.2, 0.1], [NAN, NAN, NAN]])
    mean = np.where(largest > 0, 0.01, np.where(np.isnan(largest), NAN, 0))
    assert find_inactive(largest, mean, rectified=True).tolist() == [True, False, False]
    assert find_inactive(largest, mean * NAN, rectified=True).tolist() == [True, False, False]


def test_a_tanh_that_is_never_above_zero_is_not_inactive():
    largest, mean = np.zeros((2, 2)), np.array([[-0.5, 0], [-0.5, 0]])
    assert find_inactive(largest, mean, rectified=False).tolist() == [False, True]
    assert not find_inactive(largest, np.full((2, 2), NAN), rectified=False).any()


def test_an_output_that_is_not_finite_is_no_proof_of_silence():
    largest = np.array([[0.0, 0.0], [NAN, 0.0]])
    assert find_inactive(largest, largest, rectified=True).tolist() == [False, True]
    assert not find_inactive(np.full((3, 2), NAN), np.full((3, 2), NAN), rectified=True).any()


def literal_over_active(change, steps, last_drop):
    late = [
        row
        for row, step in zip(change, steps, strict=True)
        if (last_drop is None or step > last_drop) and np.isfinite(row).any()
    ]
    count = change.shape[1]
    marks = []
    for filter_ in range(count):
        times = 0
        for row in late:
            better = sum(
                1
                for other in range(count)
                if row[other] > row[filter_] or (row[other] == row[filter_] and other < filter_)
            )
            times += bool(row[filter_] > 0 and better < max(1, count // 100))
        marks.append(count > 1 and len(late) > 0 and times >= 0.8 * len(late) - 1e-9)
    return marks


@given(
    st.tuples(st.integers(1, 8), st.integers(1, 5)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    ),
    st.one_of(st.none(), st.integers(0, 8)),
)
def test_over_active_follows_its_definition(change, last_drop):
    steps = np.arange(len(change))
    found = find_over_active(change, steps, last_drop)
    assert found.tolist() == literal_over_active(change, steps, last_drop)


def test_over_active_counts_only_steps_after_the_last_drop(rng):
    change = rng.random((100, 250))
    change[60:, 7] = 2
    change[60:, 8] = 3
    change[:60, 30] = 5
    found = np.flatnonzero(find_over_active(change, np.arange(100), 59))
    assert found.tolist() == [7, 8]  # the top 1 % of 250 are two
    change[90:, 7] = 0
    assert np.flatnonzero(find_over_active(change, np.arange(100), 59)).tolist() == [8]


@given(arrays(np.bool_, (4, 6)))
def test_a_filter_carries_one_of_the_first_three_marks(flags):
    frozen, decay_only, inactive, over_active = flags
    marks = mark_filters(frozen, decay_only, inactive, over_active)
    assert (marks.frozen == frozen).all()
    assert (marks.frozen.astype(int) + marks.decay_only + marks.inactive <= 1).all()
    assert ((marks.frozen | marks.decay_only | marks.inactive) == flags[:3].any(0)).all()
    assert (marks.over_active == over_active).all()

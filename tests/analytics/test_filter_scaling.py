import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.filter_scaling import SCALES, scale_filters

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6))
CHANGES = SHAPES.flatmap(
    lambda shape: arrays(
        np.float64, shape, elements=st.one_of(st.just(np.nan), st.floats(0, 2, width=32))
    )
)
EXACT_CHANGES = SHAPES.flatmap(  # 2 - change has no rounding error
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 2**41)).map(lambda n: n / 2**40)
)
SIGNED = SHAPES.flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-5, 5, width=32))
)


def literal_scale(values, by, signed):
    """The definition, one number at a time."""
    shares = np.full(values.shape, np.nan)
    for row in range(values.shape[0]):
        for step in range(values.shape[1]):
            group = {"layer": values.ravel(), "filter": values[row], "step": values[:, step]}[by]
            finite = [one for one in group if np.isfinite(one)]
            value = values[row, step]
            if np.isnan(value):
                continue
            top = max(abs(one) for one in finite) if signed else max(finite)
            low = 0 if signed else min(finite)
            shares[row, step] = (value - low) / (top - low) if top > low else 0
            if by == "filter" and max(finite) - min(finite) <= 2**-10 * max(map(abs, finite)):
                shares[row, step] = 0
    return shares


@given(CHANGES, st.sampled_from(SCALES))
def test_unsigned_values_follow_the_definition(values, by):
    wanted = literal_scale(values, by, signed=False)
    np.testing.assert_allclose(scale_filters(values, by).shares, wanted, atol=1e-12)


@given(SIGNED, st.sampled_from(SCALES))
def test_signed_values_diverge_around_zero(values, by):
    shares = scale_filters(values, by, signed=True).shares
    np.testing.assert_allclose(shares, literal_scale(values, by, signed=True), atol=1e-12)
    assert (np.sign(shares) * np.sign(values) >= 0).all()
    np.testing.assert_array_equal(scale_filters(-values, by, signed=True).shares, -shares)


@given(CHANGES, st.sampled_from(SCALES))
def test_more_change_is_never_painted_as_less(values, by):
    shares = scale_filters(values, by).shares
    groups = {
        "layer": [(values.ravel(), shares.ravel())],
        "filter": zip(values, shares, strict=True),
        "step": zip(values.T, shares.T, strict=True),
    }[by]
    for group, painted in groups:
        known = np.isfinite(group)
        order = np.argsort(group[known], kind="stable")
        assert (np.diff(painted[known][order]) >= 0).all()


@given(EXACT_CHANGES)
def test_similarities_scale_to_the_complement_of_changes(values):
    changes, similarities = scale_filters(values, "layer"), scale_filters(2 - values, "layer")
    varied = not (changes.low == changes.high).all() and np.isfinite(changes.low).all()
    if varied:
        np.testing.assert_allclose(changes.shares, 1 - similarities.shares, atol=1e-6)


@given(st.floats(0, 2), st.sampled_from(SCALES), st.booleans())
def test_a_raster_of_one_value_is_painted_as_no_change(value, by, signed):
    scaled = scale_filters(np.full((3, 4), value), by, signed)
    if not signed:
        assert (scaled.shares == 0).all()
    assert scaled.flat.all()
    assert not scaled.noisy.any()


@pytest.mark.parametrize("by", SCALES)
def test_a_filter_that_never_changes_is_marked_and_stays_at_the_low_end(rng, by):
    values = rng.random((5, 30)) + 0.01
    values[3] = 0
    scaled = scale_filters(values, by)
    assert (scaled.shares[3] == 0).all()
    assert scaled.flat.tolist() == [False, False, False, True, False]


def test_a_row_that_only_rounding_moves_is_marked_as_noisy_and_not_as_flat(rng):
    values = rng.random((4, 50)) + 0.1
    values[1] = 0.5 * (1 + 2.0**-11 * rng.integers(0, 2, 50))
    values[2] = 0.5
    scaled = scale_filters(values, "layer")
    assert scaled.noisy.tolist() == [False, True, False, False]
    assert scaled.flat.tolist() == [False, False, True, False]


def test_what_only_rounding_moves_is_painted_as_nothing_on_its_own_scale(rng):
    values = rng.random((3, 40)) * 1e-3
    values[1] = rng.random(40) * 1e-13
    alone, among = (scale_filters(values, by, noise=1e-12) for by in ("filter", "layer"))
    assert alone.noisy.tolist() == among.noisy.tolist() == [False, True, False]
    assert (alone.shares[1] == 0).all()
    assert alone.shares[0].max() == 1
    assert scale_filters(values, "filter").shares[1].max() == 1


def test_states_the_values_at_the_ends_of_each_scale():
    values = np.array([[0.1, 0.4], [0.2, 0.8]])
    assert scale_filters(values, "layer").low.tolist() == [0.1]
    assert scale_filters(values, "layer").high.tolist() == [0.8]
    assert scale_filters(values, "filter").high.tolist() == [0.4, 0.8]
    assert scale_filters(values, "step").low.tolist() == [0.1, 0.4]
    assert scale_filters(-values, "layer", signed=True).high.tolist() == [0.8]
    assert scale_filters(-values, "layer", signed=True).low.tolist() == [-0.8]


def test_an_infinite_change_stands_at_the_end_and_stretches_nothing():
    values = np.array([[0.0, 1.0, np.inf], [0.5, np.nan, -np.inf]])
    shares = scale_filters(values, "layer").shares
    np.testing.assert_array_equal(shares, [[0, 1, 1], [0.5, np.nan, 0]])


def test_a_layer_without_any_value_has_no_ends():
    scaled = scale_filters(np.full((2, 3), np.nan), "filter")
    assert np.isnan(scaled.shares).all()
    assert np.isnan(scaled.high).all()
    assert not scaled.flat.any()
    assert scale_filters(np.zeros((2, 0)), "layer").shares.shape == (2, 0)


def test_refuses_a_scale_that_does_not_exist():
    with pytest.raises(ValueError, match="'column'"):
        scale_filters(np.zeros((1, 1)), "column")

"""Smoothing: against its definition, and what it must leave alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.smoothing import smooth, smooth_between

curves = arrays(
    np.float64,
    st.integers(0, 300),
    elements=st.one_of(st.floats(-1e3, 1e3), st.just(np.nan)),
)


def literal_smooth(values, weight):
    """Restate the definition, one value at a time."""
    finite = [i for i, value in enumerate(values) if np.isfinite(value)]
    smoothed = np.full(len(values), np.nan)
    for i in finite:
        weights = [float(weight) ** abs(i - j) for j in finite]
        total = sum(w * values[j] for w, j in zip(weights, finite, strict=True))
        smoothed[i] = total / sum(weights)
    return smoothed


@settings(max_examples=30, deadline=None)
@given(curves, st.sampled_from([0.0, 0.3, 0.6, 0.95, 0.99]))
def test_follows_its_definition(values, weight):
    np.testing.assert_allclose(smooth(values, weight), literal_smooth(values, weight), atol=1e-8)


@settings(max_examples=60, deadline=None)
@given(curves, st.floats(0, 0.99))
def test_stays_between_the_lowest_and_the_highest_value(values, weight):
    smoothed = smooth(values, weight)
    assert np.array_equal(np.isnan(smoothed), np.isnan(values))
    if np.isfinite(values).any():
        assert np.nanmin(smoothed) >= np.nanmin(values) - 1e-6
        assert np.nanmax(smoothed) <= np.nanmax(values) + 1e-6


def test_changes_nothing_at_zero():
    values = np.array([1.0, np.nan, 5.0, 2.0])
    np.testing.assert_array_equal(smooth(values, 0), values)


@pytest.mark.parametrize("weight", [-0.1, 1.0, 2.0])
def test_refuses_a_weight_outside_its_range(weight):
    with pytest.raises(ValueError, match="from 0 to under 1"):
        smooth(np.ones(3), weight)


def test_leaves_a_peak_and_what_follows_it_alone():
    values = np.ones(50)
    values[20] = 100.0
    smoothed = smooth_between(values, values > 10, 0.9)
    np.testing.assert_allclose(smoothed, values)


def test_does_not_lag_behind_a_straight_fall():
    values = np.linspace(10, 0, 401)
    middle = slice(150, 251)
    np.testing.assert_allclose(smooth(values, 0.9)[middle], values[middle], atol=1e-3)


def test_works_across_the_seams_of_its_chunks():
    values = np.random.default_rng(7).standard_normal(700)
    np.testing.assert_allclose(smooth(values, 0.97), literal_smooth(values, 0.97), atol=1e-9)

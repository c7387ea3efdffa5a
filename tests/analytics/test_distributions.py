"""Histograms of different ranges are laid on one scale without losing or moving a share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.distributions import lay_on_scale

ends = st.floats(-5, 5).map(lambda value: round(value, 2))


def literal(bins, lo, hi, scale, cells):
    low, high = scale
    width = (high - low) / cells
    shares = np.zeros(cells)
    for bin_, count in enumerate(bins):
        start = lo + (hi - lo) * bin_ / len(bins)
        end = lo + (hi - lo) * (bin_ + 1) / len(bins)
        for cell in range(cells):
            a, b = low + cell * width, low + (cell + 1) * width
            inside = max(0.0, min(b, end) - max(a, start))
            shares[cell] += count * inside / (end - start)
    return shares / sum(bins)


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any),
    ends, st.floats(0.1, 4), ends, st.floats(0.1, 4), st.integers(1, 9),
)  # fmt: skip
def test_follows_its_definition(bins, lo, extent, low, height, cells):
    scale = (low, low + height)
    found = lay_on_scale(np.array([bins]), np.array([lo]), np.array([lo + extent]), scale, cells)
    np.testing.assert_allclose(found[:, 0], literal(bins, lo, lo + extent, scale, cells), atol=1e-9)


def test_a_scale_around_all_values_holds_all_of_them(rng):
    bins = rng.integers(0, 100, (6, 64))
    lo, hi = rng.uniform(-3, -1, 6), rng.uniform(1, 3, 6)
    np.testing.assert_allclose(lay_on_scale(bins, lo, hi, (-3, 3), 40).sum(0), 1)


@pytest.mark.parametrize(("value", "cell"), [(-1.0, 0), (0.0, 2), (0.4, 2), (1.0, 3)])
def test_equal_values_are_in_the_cell_that_holds_them(value, cell):
    bins = np.zeros((1, 64), int)
    bins[0, 10] = 7
    found = lay_on_scale(bins, np.array([value]), np.array([value]), (-1.0, 1.0), 4)
    assert found[:, 0].tolist() == [float(place == cell) for place in range(4)]


def test_a_step_without_counts_has_no_shares():
    found = lay_on_scale(np.zeros((1, 4), int), np.array([np.nan]), np.array([np.nan]), (0, 1), 2)
    assert np.isnan(found).all()


@pytest.mark.parametrize(("scale", "cells"), [((1.0, 1.0), 4), ((0.0, 1.0), 0)])
def test_a_scale_without_extent_is_refused(scale, cells):
    with pytest.raises(ValueError, match="extent and cells"):
        lay_on_scale(np.ones((1, 4), int), np.zeros(1), np.ones(1), scale, cells)

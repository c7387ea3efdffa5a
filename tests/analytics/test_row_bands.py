"""Bands of rows are plain averages that leave out what is missing."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.row_bands import average_rows, band_size

grids = st.tuples(st.integers(1, 12), st.integers(1, 4)).flatmap(
    lambda shape: arrays(
        np.float64, shape, elements=st.one_of(st.just(np.nan), st.floats(-100, 100))
    )
)


@given(grids, st.integers(1, 5))
def test_follows_its_definition(values, size):
    bands = average_rows(values, size)
    assert len(bands) == -(-len(values) // size)
    for band, row in enumerate(bands):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is NaN
            wanted = np.nanmean(values[band * size : (band + 1) * size], axis=0)
        np.testing.assert_allclose(row, wanted, atol=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 600))
def test_the_bands_are_as_small_as_the_screen_allows(rows, most):
    size = band_size(rows, most)
    assert -(-rows // size) <= most
    assert size == 1 or -(-rows // (size - 1)) > most


def test_refuses_a_chart_without_rows():
    with pytest.raises(ValueError, match="one band or more"):
        band_size(5, 0)

"""How much of the y axis a chart shows."""

import numpy as np
import pytest

from analytics.extent import measure_extent, measure_log_extent

CALM = np.array([2.0, 1.0, 0.5, 0.4])


def measure(values, spiked):
    return measure_extent([values], [values], [np.array(spiked, bool)])


def test_spans_all_values_from_zero():
    extent = measure(CALM, [0, 0, 0, 0])
    assert (extent.low, extent.cut) == (0.0, False)
    assert 2.0 < extent.high < 2.2


def test_cuts_a_marked_spike_that_would_flatten_the_rest():
    extent = measure(np.append(CALM, 40.0), [0, 0, 0, 0, 1])
    assert extent.cut
    assert 2.0 < extent.high < 3.0


def test_shows_a_spike_that_does_not_flatten_the_rest():
    extent = measure(np.append(CALM, 3.0), [0, 0, 0, 0, 1])
    assert not extent.cut
    assert extent.high > 3.0


def test_never_cuts_what_is_not_marked():
    assert measure(np.append(CALM, 40.0), [0, 0, 0, 0, 0]).high > 40


def test_starts_where_the_values_are_when_zero_is_far():
    extent = measure(np.array([100.0, 101.0]), [0, 0])
    assert extent.low == 100.0


def test_reaches_below_zero_where_values_do():
    assert measure(np.array([-3.0, 1.0]), [0, 0]).low == -3.0


def test_counts_nan_as_no_value():
    extent = measure_extent(
        [np.array([np.nan, 1.0])], [np.array([np.nan, 2.0])], [np.zeros(2, bool)]
    )
    assert 2.0 < extent.high < 2.3


@pytest.mark.parametrize("values", [np.empty(0), np.array([np.nan])])
def test_is_nothing_without_values(values):
    assert measure(values, np.zeros(len(values))) is None


def test_a_logarithmic_axis_spans_the_positive_values():
    extent = measure_log_extent([np.array([-1.0, 0.0, 0.01])], [np.array([1.0, 10.0])])
    assert 0.005 < extent.low < 0.01
    assert 10 < extent.high < 20


def test_a_logarithmic_axis_without_positive_values_is_nothing():
    assert measure_log_extent([np.array([-1.0])], [np.array([0.0])]) is None

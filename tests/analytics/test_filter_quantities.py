import numpy as np
import pytest

from analytics.filter_quantities import QUANTITIES, derive_quantity
from data.layers import FILTER_COLUMNS


def test_every_recorded_statistic_of_a_filter_can_be_shown():
    assert {quantity.column for quantity in QUANTITIES.values()} == set(FILTER_COLUMNS)


def test_sum_and_variance_are_those_of_the_weights(rng):
    weights = rng.standard_normal((3, 5, 27)) + 0.2
    columns = {"mean": weights.mean(2), "sd": weights.std(2)}
    np.testing.assert_allclose(derive_quantity("sum", columns, 27), weights.sum(2))
    np.testing.assert_allclose(derive_quantity("variance", columns, 27), weights.var(2))
    np.testing.assert_array_equal(derive_quantity("mean", columns, 27), columns["mean"])


def test_refuses_a_quantity_that_does_not_exist():
    with pytest.raises(ValueError, match="'median'"):
        derive_quantity("median", {}, 1)

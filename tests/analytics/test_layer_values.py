"""What a chart shows of a layer is derived from what was recorded, and pools exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.layer_values import (
    STATISTICS,
    columns_of,
    derive_statistic,
    find_bad_step,
    hold_last,
    pool_columns,
)

tensors = st.lists(
    st.lists(st.floats(-9, 9, allow_subnormal=False), min_size=1, max_size=8),
    min_size=1,
    max_size=5,
)


def record(values):
    """The row of one tensor, as the recorder states it; each column is (step,) of one step."""
    values = np.array(values, float)
    finite = values[np.isfinite(values)]
    row = {
        "count": len(values), "nan": np.isnan(values).sum(), "pos_inf": np.isposinf(values).sum(),
        "neg_inf": np.isneginf(values).sum(),
    }  # fmt: skip
    empty = not len(finite)
    row |= {
        "min": np.nan if empty else finite.min(), "max": np.nan if empty else finite.max(),
        "mean": np.nan if empty else finite.mean(), "sd": np.nan if empty else finite.std(),
        "l0": np.nan if empty else np.mean(finite != 0),
        "l1": np.nan if empty else np.abs(finite).mean(),
        "l2": np.nan if empty else np.sqrt((finite**2).mean()),
    }  # fmt: skip
    return {name: np.array([value], float) for name, value in row.items()}


@given(tensors)
def test_moments_pool_to_those_of_all_elements(parts):
    pooled = pool_columns([record(part) for part in parts])
    expected = record([value for part in parts for value in part])
    for name, value in expected.items():
        np.testing.assert_allclose(pooled[name], value, atol=1e-6, err_msg=name)


def test_elements_that_are_not_finite_count_but_do_not_pool():
    parts = [[1.0, np.nan, np.inf], [3.0], [np.nan]]
    pooled = pool_columns([record(part) for part in parts])
    assert (pooled["count"], pooled["nan"], pooled["mean"], pooled["max"]) == (5, 2, 2.0, 3.0)


def test_a_step_at_which_a_part_was_not_recorded_has_no_moments():
    whole, missing = record([1.0]), {name: np.array([np.nan]) for name in record([1.0])}
    pooled = pool_columns([whole, missing])
    assert all(np.isnan(pooled[name]).all() for name in ("mean", "sd", "min", "l2"))


@given(st.lists(st.floats(-9, 9), min_size=1))
def test_variance_and_sum_are_those_of_the_elements(values):
    columns = record(values)
    assert derive_statistic("variance", columns)[0] == pytest.approx(np.var(values), abs=1e-9)
    assert derive_statistic("sum", columns)[0] == pytest.approx(np.sum(values), abs=1e-6)


def test_there_are_twelve_statistics_and_no_other():
    assert len(STATISTICS) == 12
    assert columns_of("median") == ("median",)
    with pytest.raises(ValueError, match="got 'mode'"):
        columns_of("mode")


def test_a_layer_is_bad_from_where_it_never_recovers():
    steps = np.arange(5) * 10
    counts = {name: np.zeros(5) for name in ("pos_inf", "neg_inf")} | {"count": np.full(5, 8.0)}
    assert find_bad_step(steps, counts | {"nan": np.array([0, 1, 0, 2, 3.0])}) == 30
    assert find_bad_step(steps, counts | {"nan": np.array([0, 1, 0, 2, 0.0])}) == -1
    missing = {name: np.full(5, np.nan) for name in ("count", "nan", "pos_inf", "neg_inf")}
    assert find_bad_step(steps, missing) == -1


def test_what_is_recorded_only_when_it_changes_stays_until_then():
    count = np.array([np.nan, 4, np.nan, np.nan, 4, np.nan])
    lists = np.stack([count, 2 * count], axis=1)
    held = hold_last(
        {"count": count, "mean": np.array([np.nan, 1, np.nan, np.nan, 3, np.nan]), "bins": lists}
    )
    np.testing.assert_array_equal(held["mean"], [np.nan, 1, 1, 1, 3, 3])
    np.testing.assert_array_equal(held["bins"][:, 1], [np.nan, 8, 8, 8, 8, 8])

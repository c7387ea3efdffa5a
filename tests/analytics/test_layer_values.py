"""What a chart shows of a layer is derived from what was recorded."""

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

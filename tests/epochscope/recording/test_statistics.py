"""Statistics against numpy in double precision, and what becomes of values that are not finite."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from analytics.filter_change import measure_filter_change
from epochscope.recording.changes import measure_change
from epochscope.recording.samples import CHANGE_LIMITS, share_changes
from epochscope.recording.statistics import measure, measure_rows, measure_whole, merge_rows

EXACT = {"rtol": 1e-5, "atol": 0}


def literal(values):
    """The definition of every statistic, over finite elements, in double precision."""
    x = values.astype(np.float64).ravel()
    finite = x[np.isfinite(x)]
    found = {
        "count": x.size,
        "nan": int(np.isnan(x).sum()),
        "pos_inf": int((x == np.inf).sum()),
        "neg_inf": int((x == -np.inf).sum()),
    }
    if finite.size:
        q25, median, q75 = np.quantile(finite, [0.25, 0.5, 0.75])
        found |= {"min": finite.min(), "max": finite.max(), "mean": finite.mean()}
        found |= {"sd": finite.std(), "l0": (finite != 0).mean(), "l1": np.abs(finite).mean()}
        found |= {"l2": np.sqrt((finite**2).mean()), "q25": q25, "median": median, "q75": q75}
    return found


def assert_follows(whole, values, skip=()):
    for name, value in literal(values).items():
        if name not in skip:
            scale = 0 if name not in ("mean", "q25", "median", "q75") else 1e-6 * (whole.l2 or 0)
            np.testing.assert_allclose(
                getattr(whole, name), value, rtol=1e-5, atol=scale, err_msg=name
            )


floats = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(arrays(np.float32, array_shapes(min_dims=1, max_dims=3, max_side=7), elements=floats))
def test_whole_tensors_follow_their_definition_whatever_their_values(values):
    assert_follows(measure(torch.from_numpy(values)), values)


@pytest.mark.parametrize("shape", [(3, 5), (64, 27), (400, 300), (150_001,)])
@pytest.mark.parametrize("offset", [0.0, 5.0])
def test_moments_norms_and_counts_are_exact_at_every_size(rng, shape, offset):
    values = (rng.standard_normal(shape) + offset).astype(np.float32)
    values[rng.random(shape) < 0.2] = 0
    whole = measure(torch.from_numpy(values))
    assert whole.sampled == (values.size > 100_000)
    assert_follows(whole, values, skip=("q25", "median", "q75") if whole.sampled else ())


def test_rows_follow_their_definition(rng):
    values = rng.standard_normal((33, 147)).astype(np.float32)
    rows = measure_rows(torch.from_numpy(values), positive=True)
    double = values.astype(np.float64)
    np.testing.assert_allclose(rows.mean, double.mean(1), rtol=1e-9)
    np.testing.assert_allclose(rows.sd, double.std(1), **EXACT)
    np.testing.assert_allclose(rows.l2, np.sqrt((double**2).mean(1)), **EXACT)
    np.testing.assert_allclose(rows.l1, np.abs(double).mean(1), **EXACT)
    np.testing.assert_array_equal(rows.min, values.min(1))
    np.testing.assert_array_equal(rows.max, values.max(1))
    np.testing.assert_array_equal(rows.positive, (values > 0).sum(1))


@pytest.mark.parametrize("scale", [1e-25, 1e25])
def test_squares_neither_vanish_nor_overflow(rng, scale):
    values = (rng.standard_normal((4, 50)) * scale).astype(np.float32)
    assert_follows(measure(torch.from_numpy(values)), values)


def test_half_precision_is_measured_in_full():
    values = torch.linspace(-3, 3, 5_000).bfloat16()
    assert_follows(measure(values), values.float().numpy())


def test_an_empty_tensor_gives_null():
    whole = measure(torch.zeros(0))
    assert whole.count == 0
    assert whole.mean is None
    assert whole.bins is None


def test_nan_and_both_infinities_are_counted_apart():
    values = torch.tensor([[1.0, torch.nan, 2.0], [torch.inf, -torch.inf, torch.nan]])
    whole = measure(values)
    assert (whole.nan, whole.pos_inf, whole.neg_inf) == (2, 1, 1)
    assert (whole.min, whole.max, whole.mean) == (1.0, 2.0, 1.5)
    rows = measure_rows(values)
    assert rows.mean[0] == 1.5
    assert np.isnan(rows.mean[1])


def test_the_histogram_is_numpys_over_the_range_seen(rng):
    values = rng.standard_normal(20_000).astype(np.float32)
    whole = measure(torch.from_numpy(values))
    edges = np.linspace(float(values.min()), float(values.max()), 65)
    counts, _ = np.histogram(values.astype(np.float64), edges)
    assert whole.bins.sum() == values.size
    assert np.abs(whole.bins.astype(int) - counts).max() <= 1


@pytest.mark.parametrize("order", ["shuffled", "sorted", "saw"])
def test_sampled_quantiles_miss_the_rank_by_one_percent_at_most(rng, order):
    values = rng.lognormal(size=1_000_000).astype(np.float32)
    if order == "sorted":
        values.sort()
    elif order == "saw":
        values = values.reshape(-1, 1000)
        values.sort(0)
        values = values.ravel()
    tensor = torch.from_numpy(values).view(1000, 1000)
    whole = measure_whole(tensor, measure_rows(tensor))
    assert whole.sampled
    for quantile, value in ((0.25, whole.q25), (0.5, whole.median), (0.75, whole.q75)):
        assert abs((values < value).mean() - quantile) < 0.01
    assert whole.bins.sum() == 65_536


@given(
    arrays(np.float32, (3, 7), elements=st.floats(-4, 4, width=32)),
    st.floats(1e-6, 1.0),
    st.integers(0, 99),
)
def test_change_follows_one_minus_cosine_in_double_precision(before, size, seed):
    noise = np.random.default_rng(seed).standard_normal(before.shape)
    now = (before + size * noise).astype(np.float32)
    past, present = torch.from_numpy(before), torch.from_numpy(now)
    found = measure_change(present, past, measure_rows(present), measure_rows(past))
    for row in range(3):
        w, p = now[row].astype(np.longdouble), before[row].astype(np.longdouble)
        lengths = np.sqrt((w @ w) * (p @ p))
        if lengths == 0:
            continue
        moved = float(np.sqrt(((w - p) ** 2).sum() / (p @ p)))
        far = moved > 0.1  # beyond it float32 holds six decimals of the change
        # |w/|w| - p/|p||² / 2 is 1 - cosine without cancellation.
        expected = float((((w / np.sqrt(w @ w)) - (p / np.sqrt(p @ p))) ** 2).sum() / 2)
        np.testing.assert_allclose(
            found.filters[row], expected, rtol=1e-4, atol=max(1e-13, 1e-6 * far)
        )
        np.testing.assert_allclose(found.relative[row], moved, rtol=1e-5)


def test_change_of_a_filter_that_stays_at_zero_leaves_it_or_is_broken():
    before = torch.tensor([[0.0, 0.0], [0.0, 0.0], [1.0, 2.0], [3.0, 4.0], [1.0, 1.0], [1.0, 0.0]])
    now = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0, 0], [torch.nan, 1.0], [-1.0, 0.0]])
    change = measure_change(now, before, measure_rows(now), measure_rows(before))
    np.testing.assert_allclose(change.filters, [0, 1, 0, 1, np.nan, 2], rtol=1e-12)
    np.testing.assert_allclose(change.relative, [0, np.inf, 0, 1, np.nan, 2], rtol=1e-12)


@pytest.mark.parametrize("tiny", [1e-45, 1e-30, 1e-23])
def test_a_move_whose_square_float32_cannot_hold_is_a_move(tiny):
    before, now = torch.tensor([[0.0, 0.0], [1.0, 2.0]]), torch.tensor([[tiny, 0.0], [1.0, 2.0]])
    change = measure_change(now, before, measure_rows(now), measure_rows(before))
    np.testing.assert_array_equal(change.filters, [1, 0])
    np.testing.assert_array_equal(change.relative, [np.inf, 0])


@given(
    arrays(np.float32, (2, 4, 6), elements=st.floats(-4, 4, width=32)),
    st.sampled_from([1e-4, 1e-3, 1e-2, 1.0]),
    st.integers(0, 99),
)
def test_the_recorded_change_is_that_of_the_analysis_on_the_raw_weights(weights, size, seed):
    noise = np.random.default_rng(seed).standard_normal(weights[0].shape).astype(np.float32)
    weights[1, :2] = weights[0, :2] * (1 + size * noise[:2])  # small updates, and any two
    past, now = torch.from_numpy(weights[0]), torch.from_numpy(weights[1])
    recorded = measure_change(now, past, measure_rows(now), measure_rows(past))
    analysed = measure_filter_change(weights)
    np.testing.assert_allclose(recorded.relative, analysed.relative[1], rtol=1e-5)
    # A move along the filter is no turn: of it, float32 lengths leave some noise.
    noise = 1e-6 * np.minimum(analysed.relative[1], 1) ** 2
    apart = np.abs(recorded.filters - analysed.cosine[1])
    assert (apart <= 1e-3 * analysed.cosine[1] + noise).all()


def test_change_shares_are_those_below_each_of_55_limits(rng):
    before = rng.standard_normal(500).astype(np.float32)
    now = (before * (1 + 10.0 ** rng.uniform(-7, 1, 500))).astype(np.float32)
    before[:5], now[:5] = 0, [0, 0, 0, 1, 1]
    share = share_changes(torch.from_numpy(now), torch.from_numpy(before))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(np.abs(now - before) / np.abs(before), nan=0.0)
    assert len(CHANGE_LIMITS) == 55
    assert CHANGE_LIMITS[[9, 10, 18, 27, 36, 54]] == pytest.approx(
        [0.1, 0.09, 0.01, 1e-3, 1e-4, 1e-6]
    )
    assert share[0] == 1
    np.testing.assert_allclose(
        share[1:], [(ratio < limit).mean() for limit in CHANGE_LIMITS[1:]], atol=5e-3
    )
    assert (np.diff(share) <= 0).all()


@pytest.mark.parametrize("shape", [(1, 3_000_001), (3, 70_000)])
def test_long_rows_keep_their_digits(rng, shape):
    values = rng.standard_normal(shape).astype(np.float32)
    rows = measure_rows(torch.from_numpy(values), positive=True)
    double = values.astype(np.float64)
    np.testing.assert_allclose(rows.l1, np.abs(double).mean(1), **EXACT)
    np.testing.assert_allclose(rows.l2, np.sqrt((double**2).mean(1)), **EXACT)
    np.testing.assert_allclose(rows.sd, double.std(1), **EXACT)
    np.testing.assert_allclose(rows.mean, double.mean(1), rtol=1e-9)
    np.testing.assert_array_equal(rows.positive, (values > 0).sum(1))
    np.testing.assert_array_equal(rows.max, values.max(1))
    now = torch.from_numpy(values * 1.01 + 1e-3)
    past = torch.from_numpy(values)
    change = measure_change(now, past, rows_of_now := measure_rows(now), rows)
    assert len(rows_of_now.mean) == shape[0]
    w = now.numpy().astype(np.float64)
    lengths = np.linalg.norm(w, axis=1) * np.linalg.norm(double, axis=1)
    np.testing.assert_allclose(change.filters, 1 - (w * double).sum(1) / lengths, rtol=1e-4)


def test_calls_of_one_module_are_measured_together(rng):
    first = rng.standard_normal((4, 30)).astype(np.float32)
    second = (rng.standard_normal((4, 50)) + 2).astype(np.float32)
    second[0, 0] = np.nan
    second[1] = np.inf
    parts = [measure_rows(torch.from_numpy(one), positive=True) for one in (first, second)]
    merged = merge_rows(parts)
    together = measure_rows(torch.from_numpy(np.hstack([first, second])), positive=True)
    for name, value in vars(together).items():
        np.testing.assert_allclose(getattr(merged, name), value, rtol=1e-6, err_msg=name)

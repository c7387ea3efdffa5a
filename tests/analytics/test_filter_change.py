"""The change of a filter follows its definition, also where float arithmetic loses digits."""

from fractions import Fraction
from math import inf, isqrt, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.filter_change import measure_filter_change

small_integers = st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(-3, 3))
)
finite = arrays(np.float64, (2, 1, 4), elements=st.floats(-1e200, 1e200, allow_subnormal=False))
# None of these vanishes when it is scaled by 1e-150.
sizes = st.one_of(st.just(0.0), st.floats(1e-100, 1e200), st.floats(-1e200, -1e-100))
scalable = arrays(np.float64, (1, 1, 4), elements=sizes)


def root(number):
    """Square root of a fraction, exact to 30 digits."""
    scale = 10**60
    return Fraction(isqrt(number.numerator * scale // number.denominator), 10**30)


def literal_change(before, now):
    before, now = ([Fraction(float(x)) for x in one] for one in (before, now))
    lengths = [root(sum(x * x for x in one)) for one in (before, now)]
    moved = root(sum((b - a) ** 2 for a, b in zip(before, now, strict=True)))
    if not any(before):
        return (0.0, 0.0) if not any(now) else (1.0, inf)
    if not any(now):
        return 1.0, 1.0
    inner = sum(a * b for a, b in zip(before, now, strict=True))
    return float(1 - inner / (lengths[0] * lengths[1])), float(moved / lengths[0])


@given(small_integers)
def test_follows_its_definition(weights):
    change = measure_filter_change(weights.astype(np.float32))
    assert change.cosine.shape == change.relative.shape == weights.shape[:2]
    assert np.isnan(change.cosine[0]).all()
    assert np.isnan(change.relative[0]).all()
    for step in range(1, len(weights)):
        for filter_ in range(weights.shape[1]):
            cosine, relative = literal_change(weights[step - 1, filter_], weights[step, filter_])
            assert change.cosine[step, filter_] == pytest.approx(cosine, abs=1e-12)
            assert change.relative[step, filter_] == pytest.approx(relative, rel=1e-12)


@pytest.mark.parametrize("size", [1e-4, 1e-2, 1.0])
def test_small_updates_keep_three_digits(size):
    rng = np.random.default_rng(0)
    before = rng.normal(size=(40, 300)).astype(np.float32)
    now = (before * (1 + size * rng.normal(size=before.shape))).astype(np.float32)
    found = measure_filter_change(np.stack([before, now])).cosine[1]
    wanted = [literal_change(*pair)[0] for pair in zip(before[:5], now[:5], strict=True)]
    np.testing.assert_allclose(found[:5], wanted, rtol=1e-3)
    assert (found > 0).all()


@given(finite)
def test_is_never_negative_nor_over_two(weights):
    change = measure_filter_change(weights)
    assert ((change.cosine[1] >= 0) & (change.cosine[1] <= 2)).all()


@given(scalable, st.sampled_from([1.0, 0.5, 3.0, 1e-150]))
def test_is_blind_to_scale(weights, scale):
    shrunk = np.concatenate([weights, weights * scale])
    assert measure_filter_change(shrunk).cosine[1, 0] == pytest.approx(0, abs=1e-12)


def test_zeros_and_what_is_not_finite():
    weights = np.array([[[0, 0], [0, 0], [3, 4], [1, nan]], [[0, 0], [3, 4], [0, 0], [1, 1]],
                        [[inf, 0], [3, 4], [3, 4], [1, 1]]])  # fmt: skip
    change = measure_filter_change(weights)
    np.testing.assert_array_equal(change.cosine[1:], [[0, 1, 1, nan], [nan, 0, 1, 0]])
    np.testing.assert_array_equal(change.relative[1:], [[0, inf, 1, nan], [nan, 0, inf, 0]])


def test_nothing_gives_nothing():
    assert measure_filter_change(np.zeros((0, 3, 2))).cosine.shape == (0, 3)
    assert measure_filter_change(np.zeros((2, 0, 2))).cosine.shape == (2, 0)
    assert measure_filter_change(np.zeros((2, 3, 0))).cosine[1].tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="step, filter, weight"):
        measure_filter_change(np.zeros((2, 3)))

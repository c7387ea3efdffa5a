"""Updates are set beside the weights they change, the gradient's part apart from weight decay's."""

import numpy as np

from analytics.update_ratios import UpdateNorms, measure_ratios


def rms(values):
    return np.sqrt((values**2).mean())


def test_ratios_are_those_of_all_weights_together(rng):
    weights = [rng.normal(0, 1, 40), rng.normal(0, 3, 200), rng.normal(0, 9, 5)]
    gradient = [0.01 * rng.normal(0, 1, len(one)) for one in weights]
    decay = [1e-3 * one for one in weights]
    column = lambda arrays: np.array([[rms(one)] for one in arrays])  # noqa: E731
    norms = UpdateNorms(
        np.arange(3), np.array([[float(len(one))] for one in weights]), column(weights),
        column(gradient), column(decay), column(weights), column(weights),
    )  # fmt: skip
    found = measure_ratios(norms, np.array([True, True, False]))
    length = np.linalg.norm(np.concatenate(weights[:2]))
    assert np.isclose(found.gradient[0], np.linalg.norm(np.concatenate(gradient[:2])) / length)
    assert np.isclose(found.decay[0], 1e-3)


def test_the_change_is_measured_against_the_weights_before():
    count, weight = np.ones((2, 3)), np.array([[2.0, 4.0, 1.0], [1.0, 1.0, 1.0]])
    nothing = np.full((2, 3), np.nan)
    moved = np.array([[np.nan, 0.5, 0.25], [np.nan, 0.0, 0.0]])
    norms = UpdateNorms(np.arange(2), count, weight, nothing, nothing, moved, nothing)
    found = measure_ratios(norms, np.array([True, False])).change
    np.testing.assert_allclose(found, [np.nan, 0.5, 0.25])
    whole = measure_ratios(norms, np.array([True, True])).change
    np.testing.assert_allclose(whole[1], 1.0 / np.sqrt(2.0**2 + 1.0))
    assert measure_ratios(norms, np.array([False, True])).change[1:].tolist() == [0.0, 0.0]


def test_what_was_not_recorded_is_no_ratio():
    nothing = np.full((1, 2), np.nan)
    norms = UpdateNorms(np.arange(1), np.ones((1, 2)), np.ones((1, 2)), *[nothing] * 4)
    found = measure_ratios(norms, np.array([True]))
    assert np.isnan([found.gradient, found.decay, found.change]).all()

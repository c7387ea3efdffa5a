"""What counts as a spike: against the definition, on planted leaps, at the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.spikes import SpikeOptions, find_spikes, run_on

BLOCK = 16
OPTIONS = SpikeOptions()
curves = arrays(
    np.float64,
    st.integers(0, 180),
    elements=st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.3, 1.0, 5.0, -1.0, np.nan, np.inf]),
)


def literal_spikes(steps, values, options=OPTIONS):
    """Restate the definition, one value at a time."""
    pairs = [(s, v) for s, v in zip(steps, values, strict=True) if np.isfinite(v)]
    found = []
    last_high = None
    for i, (step, value) in enumerate(pairs):
        start = i // BLOCK * BLOCK
        before = [v for _, v in pairs[max(0, start - options.window) : start]]
        if len(before) < options.fewest:
            continue
        median = np.median(before)
        spread = 1.4826 * np.median([abs(v - median) for v in before])
        if value - median <= max(options.deviations * spread, (options.ratio - 1) * abs(median)):
            continue
        if last_high is not None and i - last_high <= BLOCK:
            found[-1]["last"] = step
            if value > found[-1]["value"]:
                found[-1].update(value=value, step=step)
        else:
            found.append(
                {"first": step, "last": step, "step": step, "value": value, "base": median}
            )
        last_high = i
    return found


def noise(count, rng):
    return 1 + 0.1 * rng.standard_normal(count)


@settings(max_examples=200, deadline=None)
@given(
    curves,
    st.sampled_from(
        [
            OPTIONS,
            SpikeOptions(33, 2.0, 1.5, 3),
            SpikeOptions(20, 0.5, 4.0),
            SpikeOptions(16, 3.0, 1.0),
        ]
    ),
)
def test_follows_its_definition(values, options):
    steps = np.arange(len(values), dtype=np.int64) * 3
    spikes = find_spikes(steps, values, options)
    literal = literal_spikes(steps, values, options)
    assert spikes.steps.tolist() == [s["step"] for s in literal]
    assert spikes.first_steps.tolist() == [s["first"] for s in literal]
    assert spikes.last_steps.tolist() == [s["last"] for s in literal]
    assert spikes.values.tolist() == [s["value"] for s in literal]
    np.testing.assert_allclose(spikes.baselines, [s["base"] for s in literal])


def test_a_window_that_is_no_multiple_of_a_block_begins_right_before_its_block():
    values = np.array([5.0] * 12 + [0.1] * 20 + [1.0] + [0.1] * 15)
    found = find_spikes(np.arange(48), values, SpikeOptions(window=20))
    assert found.steps.tolist() == [32]
    assert found.baselines.tolist() == [0.1]


@settings(max_examples=100, deadline=None)
@given(curves, st.sampled_from([0.25, 2.0, 1024.0]))
def test_ignores_the_unit_of_the_values(values, factor):
    steps = np.arange(len(values), dtype=np.int64)
    assert find_spikes(steps, values).steps.tolist() == (
        find_spikes(steps, factor * values).steps.tolist()
    )


def test_finds_the_one_step_planted_among_a_million():
    rng = np.random.default_rng(7)
    values = np.exp(-np.arange(1_000_000) / 3e5) + 0.05 * rng.standard_normal(1_000_000)
    values[500_123] = 25.0
    spikes = find_spikes(np.arange(1_000_000), values)
    assert spikes.steps.tolist() == [500_123]
    assert spikes.values.tolist() == [25.0]


def test_calls_a_leap_of_many_steps_one_spike_and_names_its_peak():
    values = noise(400, np.random.default_rng(7))
    values[200:210] = [3, 4, 5, 9, 8, 7, 6, 5, 4, 3]
    spikes = find_spikes(np.arange(400), values)
    assert (spikes.first_steps, spikes.steps, spikes.last_steps) == (200, 203, 209)


def test_takes_a_jump_that_stays_as_one_spike_until_it_is_the_baseline():
    values = noise(1_000, np.random.default_rng(7))
    values[500:] += 10
    spikes = find_spikes(np.arange(1_000), values)
    assert spikes.first_steps.tolist() == [500]
    assert spikes.last_steps[0] < 600


def test_finds_nothing_in_a_loss_that_falls_steeply():
    values = 10 * np.exp(-np.arange(2_000) / 50) + 0.01
    assert len(find_spikes(np.arange(2_000), values)) == 0


def test_finds_nothing_in_gaussian_noise():
    assert len(find_spikes(np.arange(100_000), noise(100_000, np.random.default_rng(7)))) == 0


def test_finds_a_leap_of_a_loss_that_is_stuck_at_one_value():
    values = np.full(200, 2.0)
    values[150] = 4.5
    assert find_spikes(np.arange(200), values).steps.tolist() == [150]


def test_measures_the_rise_of_a_negative_loss():
    values = -noise(300, np.random.default_rng(7))
    values[150] = 5.0
    assert find_spikes(np.arange(300), values).steps.tolist() == [150]


def test_needs_a_baseline():
    assert len(find_spikes(np.arange(3), np.array([1.0, 1.0, 100.0]))) == 0


@pytest.mark.parametrize("values", [[], [np.nan, np.inf, -np.inf]])
def test_finds_nothing_where_nothing_is_finite(values):
    spikes = find_spikes(np.arange(len(values)), np.array(values, dtype=np.float64))
    assert len(spikes) == 0


def test_keeps_the_strongest_in_order_of_steps():
    values = noise(400, np.random.default_rng(7))
    values[[100, 200, 300]] = [5.0, 50.0, 20.0]
    spikes = find_spikes(np.arange(400), values)
    assert spikes.strongest(2).steps.tolist() == [200, 300]
    assert spikes.within(150, 250).steps.tolist() == [200]
    assert spikes.within(None, 250).steps.tolist() == [100, 200]


def test_an_explosion_goes_on_to_the_end_of_the_curve():
    steps = np.arange(2_000)
    values = noise(2_000, np.random.default_rng(7))
    values[1_900:] += np.arange(100) ** 2.0
    spikes = run_on(find_spikes(steps, values), steps, values)
    assert spikes.last_steps[-1] == 1_999
    assert spikes.steps[-1] == 1_999
    assert spikes.values[-1] == values[1_999]
    assert spikes.baselines[-1] < 2


def test_a_spike_long_before_the_end_stays_as_it_is():
    steps = np.arange(2_000)
    values = noise(2_000, np.random.default_rng(7))
    values[1_000] = 30.0
    spikes = run_on(find_spikes(steps, values), steps, values)
    assert (spikes.steps.tolist(), spikes.last_steps.tolist()) == ([1_000], [1_000])


def test_a_curve_without_spikes_has_none_at_its_end():
    assert len(run_on(find_spikes(np.arange(3), np.ones(3)), np.arange(3), np.ones(3))) == 0

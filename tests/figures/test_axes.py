"""Grid lines at round numbers, and how they are written."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.axes import rule_axis, rule_log_axis


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0, 2.1, ("0.0", "0.5", "1.0", "1.5", "2.0")),
        (0, 9.7, ("0", "2", "4", "6", "8")),
        (-3, 7, ("−2", "0", "2", "4", "6")),
        (0, 1e-5, ("0", "2e−6", "4e−6", "6e−6", "8e−6", "1e−5")),
        (0, 120_000, ("0", "50,000", "100,000")),
    ],
)
def test_rules_at_round_numbers(low, high, texts):
    assert rule_axis(low, high).texts == texts


def test_writes_shares_as_percentages():
    assert rule_axis(0, 0.37, share=True).texts == ("0 %", "10 %", "20 %", "30 %")
    assert rule_axis(0, 0.004, share=True).texts[:2] == ("0.0 %", "0.1 %")


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (1e-9, 1e4, ("1e−9", "1e−6", "1e−3", "1e0", "1e3")),
        (0.05, 0.9, ("5e−2", "1e−1", "2e−1", "5e−1")),
        (0.15, 60, ("1e0", "1e1")),
    ],
)
def test_rules_a_logarithmic_axis(low, high, texts):
    assert set(texts) <= set(rule_log_axis(low, high).texts)


@settings(max_examples=300)
@given(st.floats(-1e6, 1e6), st.floats(0.05, 1e6))
def test_grid_lines_lie_inside_and_differ_in_words(low, share):
    ruling = rule_axis(low, low + share * max(abs(low), 1e-3))
    values = np.array(ruling.values)
    room = 1e-6 * (ruling.high - ruling.low)
    assert 2 <= len(values) <= 6
    assert len(set(ruling.texts)) == len(values)
    assert values.min() >= ruling.low - room
    assert values.max() <= ruling.high + room


@settings(max_examples=300)
@given(st.floats(-12, 12), st.floats(0.05, 20))
def test_a_logarithmic_axis_has_two_to_six_different_words(power, decades):
    ruling = rule_log_axis(10**power, 10 ** (power + decades))
    assert 2 <= len(ruling.values) <= 6
    assert len(set(ruling.texts)) == len(ruling.texts)

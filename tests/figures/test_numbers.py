"""Numbers as the design writes them."""

import math

import pytest

from figures.numbers import format_number, format_share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4150, "4,150"),
        (0.41234, "0.412"),
        (12.345, "12.3"),
        (-0.5, "−0.5"),
        (2e-4, "2e−4"),
        (0.0, "0"),
        (1234.5, "1,234"),
        (3.2e12, "3.2e12"),
        (math.nan, "NaN"),
        (math.inf, "+Inf"),
        (-math.inf, "−Inf"),
        (None, "–"),
    ],
)
def test_writes_a_number(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.1184, "11.8 %"), (0.0, "0.0 %"), (None, "–"), (math.nan, "NaN")]
)
def test_writes_a_share(value, text):
    assert format_share(value) == text

"""The bytes that changes are painted with."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from epochscope.scales import MISSING, NONE, decode_change, encode_change

changes = arrays(np.float64, 20, elements=st.floats(1e-12, 2.0))


@given(changes)
def test_a_byte_tells_the_change_within_six_percent(values):
    np.testing.assert_allclose(decode_change(encode_change(values)), values, rtol=0.06)


@given(changes)
def test_larger_changes_have_no_smaller_bytes(values):
    order = np.argsort(values)
    pixels = encode_change(values)[order].astype(int)
    assert (np.diff(pixels) >= 0).all()
    assert pixels.min() >= 1
    assert pixels.max() <= 254


def test_no_change_missing_and_the_ends_of_the_scale_have_bytes_of_their_own():
    pixels = encode_change(np.array([0.0, -1e-9, np.nan, np.inf, 1e-30, 2.0, 5.0]))
    assert pixels.tolist() == [NONE, NONE, MISSING, MISSING, 1, 254, 254]
    decoded = decode_change(np.array([NONE, MISSING], np.uint8))
    assert decoded[0] == 0
    assert np.isnan(decoded[1])

"""Packed arrays come back as they were, and missing is never zero."""

from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.canvas_bytes import pack_codes, pack_counts, pack_scores, pack_shares


def unpacked(payload):
    """Read a payload as the browser does: shares, NaN where missing."""
    kind = "<u2" if payload["wide"] else np.uint8
    numbers = np.frombuffer(b64decode(payload["values"]), dtype=kind)
    missing = 65_535 if payload["wide"] else 255
    return np.where(numbers == missing, np.nan, numbers / payload["top"])


@given(st.integers(1, 65_534), st.data())
def test_counts_are_exact(top, data):
    counts = np.array(data.draw(st.lists(st.integers(-1, top), min_size=1, max_size=9)))
    found = unpacked(pack_counts(counts, top))
    np.testing.assert_array_equal(np.isnan(found), counts < 0)
    known = counts >= 0
    assert (np.rint(found[known] * top) == counts[known]).all()


def test_counts_of_very_many_are_nearly_exact():
    found = unpacked(pack_counts(np.array([-1, 12_345, 200_000]), 200_000))
    np.testing.assert_allclose(found, [np.nan, 12_345 / 200_000, 1], atol=1e-5)


@pytest.mark.parametrize(("wide", "step"), [(False, 1 / 200), (True, 1 / 65_534)])
@given(shares=st.lists(st.one_of(st.just(np.nan), st.floats(0, 1)), min_size=1, max_size=9))
def test_shares_are_off_by_half_a_level_at_most(wide, step, shares):
    found = unpacked(pack_shares(np.array(shares), wide))
    np.testing.assert_allclose(found, shares, atol=step / 2 + 1e-12)


def test_scores_beyond_their_scale_stay_at_its_ends():
    scores = np.array([-9.0, 1.0, 2.0, 3.0, 9.0, np.nan])
    packed = pack_scores(scores, 1.0, 3.0, np.zeros(6, bool))
    np.testing.assert_allclose(unpacked(packed), [0, 0, 0.5, 1, 1, np.nan], atol=1e-5)


def test_a_score_that_is_not_finite_is_neither_missing_nor_an_end_of_the_scale():
    scores = np.array([1.0, np.nan, np.nan, np.inf, 3.0])
    packed = pack_scores(scores, 1.0, 3.0, np.array([False, False, True, True, False]))
    numbers = np.frombuffer(b64decode(packed["values"]), "<u2").tolist()
    assert numbers == [0, 65_535, packed["bad"], packed["bad"], packed["top"]]
    assert packed["bad"] > packed["top"]


def test_codes_are_sent_as_they_are():
    assert b64decode(pack_codes(np.array([[0, 254], [255, 7]], np.uint8))["values"]) == bytes(
        [0, 254, 255, 7]
    )

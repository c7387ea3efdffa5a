"""Confusions are counted as they stand in the log, and every image is in one lane."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.confusions import encode_labels, measure_lane_shares, rank_labels

labels = st.tuples(st.integers(1, 6), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.int32, shape, elements=st.integers(-1, 5))
)


@given(st.lists(labels, min_size=1, max_size=3), st.integers(0, 5))
def test_ranks_wrong_labels_by_how_often_they_are_given(runs, own):
    counts = {}
    for predicted in runs:
        for row in predicted:
            for label in row:
                if label not in (own, -1):
                    counts[int(label)] = counts.get(int(label), 0) + 1
    wanted = sorted(counts, key=lambda label: (-counts[label], label))
    assert rank_labels(runs, own) == [own, *wanted]
    assert rank_labels(runs, own, most=2) == [own, *wanted][:2]


@given(labels, st.integers(0, 5))
def test_codes_name_the_label_again(predicted, own):
    ranked = rank_labels([predicted], own, most=3)
    codes = encode_labels(predicted, ranked)
    for label, code in zip(predicted.ravel(), codes.ravel(), strict=True):
        if label == -1:
            assert code == 254
        elif label in ranked:
            assert ranked[code] == label
        else:
            assert code == 253


@given(labels, st.integers(0, 5))
def test_the_lanes_of_a_step_hold_every_image_once(predicted, own):
    lanes = rank_labels([predicted], own, most=3)
    shares = measure_lane_shares(predicted, lanes)
    np.testing.assert_allclose(shares.sum(0), 1)
    for lane, label in enumerate(lanes):
        for step, row in enumerate(predicted):
            np.testing.assert_allclose(shares[lane, step], sum(row == label) / len(row))


def test_a_class_without_images_has_no_shares():
    assert np.isnan(measure_lane_shares(np.zeros((2, 0), dtype=np.int32), [0])).all()

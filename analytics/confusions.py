"""Which labels the images of a class are taken for, and how much of the class at each step."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.integer]  # predicted class ids; -1 where nothing finite was predicted

NO_LABEL = -1
REST_CODE = 253  # a label too rare for a code of its own
NONE_CODE = 254  # nothing finite was predicted
MISSING_CODE = 255  # not recorded


def rank_labels(predicted: Sequence[Labels], own: int, most: int = 250) -> list[int]:
    """Rank the labels that images of a class are given: the own label, then wrong ones by count.

    predicted holds one (step, image) array for each run; `own` is the label of the class. Equal
    counts stand in the order of the labels. At most `most` labels are named; -1 is no label.
    """
    counts: dict[int, int] = {}
    for labels in predicted:
        for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
            counts[int(label)] = counts.get(int(label), 0) + int(count)
    wrong = [label for label in counts if label not in (own, NO_LABEL)]
    return [own, *sorted(wrong, key=lambda label: (-counts[label], label))][:most]


def encode_labels(predicted: Labels, ranked: Sequence[int]) -> NDArray[np.uint8]:
    """Replace each label by its place in `ranked`.

    Shapes agree. Labels that are not ranked become 253, and no label 254.
    """
    codes = np.full(predicted.shape, REST_CODE, dtype=np.uint8)
    for code, label in enumerate(ranked):
        codes[predicted == label] = code
    codes[predicted == NO_LABEL] = NONE_CODE
    return codes


def measure_lane_shares(predicted: Labels, lanes: Sequence[int]) -> NDArray[np.float64]:
    """Measure the share of the images given each label of `lanes` at every step, then the rest.

    predicted is (step, image); the result is (lane + 1, step), NaN where there are no images.
    Predictions of no label count in the rest, so that the shares of a step add up to 1.
    """
    steps, images = predicted.shape
    if not images:
        return np.full((len(lanes) + 1, steps), np.nan)
    shares = [(predicted == label).mean(1) for label in lanes]
    return np.array([*shares, np.ones(steps) - np.sum(shares, axis=0)]).clip(0, 1)

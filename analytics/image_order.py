"""In which order the images of a class stand in its pixel chart."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.int64]  # (row,) image indexes, first row first

GROUPS = (0.9, 0.5)  # shares right at least, of the easy and of the middling images


def order_by_difficulty(right: NDArray[np.bool_]) -> Order:
    """Order images by the number of steps at which they were right, most first.

    right is (step, image). Ties keep the order of the images.
    """
    return np.argsort(-right.sum(0, dtype=np.int64), kind="stable")


def order_by_score(scores: NDArray[np.floating]) -> Order:
    """Order images by their mean score over the steps, lowest first.

    scores is (step, image); values that are not finite do not count, and an image without any
    finite score stands last. Ties keep the order of the images.
    """
    finite = np.isfinite(scores)
    counts = finite.sum(0)
    total = np.where(finite, scores, 0).sum(0, dtype=np.float64)
    mean = np.where(counts > 0, total / np.maximum(counts, 1), np.inf)
    return np.argsort(mean, kind="stable")


def count_by_difficulty(right: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Count the images right at 90 % of the steps or more, at half, at fewer, and never.

    right is (step, image). The counts add up to the number of images.
    """
    share = right.mean(0) if len(right) else np.zeros(right.shape[1])
    easy = int((share >= GROUPS[0]).sum())
    middling = int((share >= GROUPS[1]).sum()) - easy
    never = int((share == 0).sum())
    return easy, middling, right.shape[1] - easy - middling - never, never


def align_images(wanted: Sequence[str], found: Sequence[str]) -> NDArray[np.int64]:
    """Find where each wanted image stands among those found: (wanted,); -1 where it is missing.

    Both are ids. Of an id found twice the first counts.
    """
    places: dict[str, int] = {}
    for place, image in enumerate(found):
        places.setdefault(image, place)
    return np.array([places.get(image, -1) for image in wanted], dtype=np.int64)

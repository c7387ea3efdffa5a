"""How often each class is predicted wrongly, step by step and over a whole run.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class ClassErrors:
    """Share of the images of each class, and of all images, predicted wrongly."""

    wrong: NDArray[np.int64]  # (step, class) images; -1 where the class was not validated
    errors: NDArray[np.float64]  # (step, class) 0 to 1; NaN where the class was not validated
    overall: NDArray[np.float64]  # (step,) over all images; NaN where none was validated
    mean: NDArray[np.float64]  # (class,) over the steps; NaN where never validated


def measure_class_errors(right: Floats, images: Floats) -> ClassErrors:
    """Measure 1 - right / images of every class, and the same over all classes together.

    right is (step, class) images predicted rightly, NaN where nothing was predicted; images is
    (step, class), NaN for none. A class without images at a step has error NaN there and counts in no mean.
    """
    counted = np.nan_to_num(np.asarray(images, dtype=np.float64))
    known = np.isfinite(right) & (counted > 0)
    wrong = np.where(known, counted - np.where(known, right, 0), 0)
    errors = _share(wrong, np.where(known, counted, 0))
    overall = _share(wrong.sum(1), np.where(known, counted, 0).sum(1))
    mean = _share(np.where(known, errors, 0).sum(0), known.sum(0))
    return ClassErrors(np.where(known, np.rint(wrong), -1).astype(np.int64), errors, overall, mean)


def measure_mean_scores(scores: Floats, images: Floats) -> NDArray[np.float64]:
    """Measure the mean score over all images at each step, from the means of the classes.

    scores and images (NaN for none) are (step, class); a score that is not finite makes its step NaN.
    """
    counted = np.nan_to_num(np.asarray(images, dtype=np.float64))
    present = counted > 0
    total = np.where(present, scores * counted, 0).sum(1)
    return _share(total, counted.sum(1))


def _share(part: Floats, whole: Floats) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)

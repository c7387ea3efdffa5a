"""When images turn from wrong to right (learned) and from right to wrong (forgotten).

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Flips:
    """The flips of every image between neighbouring recorded steps."""

    learned: NDArray[np.bool_]  # (step, image) right there and wrong at the step before
    forgotten: NDArray[np.bool_]  # (step, image) wrong there and right at the step before
    right_steps: NDArray[np.int64]  # (image,) recorded steps at which the image was right

    @property
    def learned_times(self) -> NDArray[np.int64]:
        """Count how often each image was learned: (image,)."""
        return np.asarray(self.learned.sum(0), dtype=np.int64)

    @property
    def forgotten_times(self) -> NDArray[np.int64]:
        """Count how often each image was forgotten: (image,)."""
        return np.asarray(self.forgotten.sum(0), dtype=np.int64)


def find_flips(right: NDArray[np.bool_]) -> Flips:
    """Find where the answer to an image changes between right and wrong.

    right is (step, image). At the first step nothing flips: what came before is not known.
    """
    learned = np.zeros(right.shape, dtype=np.bool_)
    forgotten = np.zeros(right.shape, dtype=np.bool_)
    learned[1:] = right[1:] & ~right[:-1]
    forgotten[1:] = ~right[1:] & right[:-1]
    return Flips(learned, forgotten, right.sum(0, dtype=np.int64))

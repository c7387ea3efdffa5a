"""When images turn from wrong to right (learned) or from right to wrong (forgotten), and where many do.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.2. Its step 1 says that a bit is set where
the rule is satisfied; it must be where the rule is violated.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Direction = Literal["both", "learned", "forgotten"]


@dataclass(frozen=True)
class Flips:
    """The flips of all images, sorted by image, then step; arrays are (flip,)."""

    image: NDArray[np.int64]  # row of the image
    step: NDArray[np.int64]  # index of the recorded step that is the first with the new answer
    learned: NDArray[np.bool_]  # from wrong to right; else forgotten
    before: NDArray[
        np.int64
    ]  # recorded steps with the old answer, back to the flip before or the start
    after: NDArray[np.int64]  # recorded steps with the new answer, on to the next flip or the end

    def __len__(self) -> int:
        """Count the flips."""
        return len(self.image)

    def count_learned(self, images: int) -> NDArray[np.int64]:
        """Count how often each of `images` images was learned: (image,)."""
        return np.bincount(self.image[self.learned], minlength=images)

    def count_forgotten(self, images: int) -> NDArray[np.int64]:
        """Count how often each of `images` images was forgotten: (image,)."""
        return np.bincount(self.image[~self.learned], minlength=images)


@dataclass(frozen=True)
class AnomalyScores:
    """How many images of each class flip at each step out of, or into, a steady answer."""

    left: NDArray[np.int64]  # (class, step) flips with a window of one answer before them
    right: NDArray[np.int64]  # (class, step) flips with a window of one answer from them on


def find_flips(correct: NDArray[np.bool_], valid: NDArray[np.bool_] | None = None) -> Flips:
    """Find where the answer to an image changes between right and wrong.

    correct is (image, step). At the first step nothing flips: what came before is not known.
    valid is (step,) or (image, step), False where an image was not validated: such a step is left
    out, so that a flip across it stands at the first validated step with the new answer, and runs
    count validated steps. Shapes that do not fit raise ValueError.
    """
    correct = np.asarray(correct, dtype=np.bool_)
    if correct.ndim != 2:
        raise ValueError(f"answers are (image, step), got shape {correct.shape}")
    if valid is None:
        image, step = np.nonzero(correct[:, 1:] != correct[:, :-1])
        step = step + 1
        place, lengths = step, np.full(len(correct), correct.shape[1])
    else:
        image, step, place, lengths = _find_between_valid(correct, _spread(valid, correct.shape))
    before, after = _measure_runs(image, place, lengths)
    return Flips(image, step, correct[image, step], before, after)


def score_anomalies(
    flips: Flips,
    classes: NDArray[np.integer],
    steps: int,
    window: int,
    direction: Direction = "both",
    n_classes: int | None = None,
) -> AnomalyScores:
    """Count the flips of each class at each step that a steady answer of `window` steps surrounds.

    classes is (image,), steps the number of recorded steps. Left: `window` equal answers right
    before the flip; right: `window` equal answers from the flip on. Both stand at the flip, where
    the paper would draw the right ones a step earlier. What an end of the run cuts off is no
    anomaly. A window under 1, an unknown direction, or flips of images, classes or steps that are
    not there raise ValueError.
    """
    if window < 1:
        raise ValueError(f"a window counts steps: 1 or more, got {window}")
    if direction not in ("both", "learned", "forgotten"):
        raise ValueError(f"a direction is both, learned or forgotten, got {direction!r}")
    classes = np.asarray(classes, dtype=np.int64)
    count = int(classes.max(initial=-1)) + 1 if n_classes is None else n_classes
    if classes.min(initial=0) < 0 or classes.max(initial=-1) >= count:
        raise ValueError(f"classes are 0 to {count - 1}, got {classes.min()} to {classes.max()}")
    if len(flips) and (flips.image.max() >= len(classes) or flips.step.max() >= steps):
        raise ValueError(
            f"a flip of image {flips.image.max()} at step {flips.step.max()} is beyond"
            f" {len(classes)} images and {steps} steps"
        )
    wanted = np.ones(len(flips), dtype=np.bool_)
    if direction != "both":
        wanted = flips.learned == (direction == "learned")
    cell = classes[flips.image] * steps + flips.step

    def count_at(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(cell[chosen], minlength=count * steps).reshape(count, steps)

    return AnomalyScores(
        count_at(wanted & (flips.before >= window)), count_at(wanted & (flips.after >= window))
    )


def _spread(valid: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    valid = np.asarray(valid, dtype=np.bool_)
    if valid.shape not in (shape, shape[1:]):
        raise ValueError(f"valid is {shape[1:]} or {shape} as the answers are, got {valid.shape}")
    return np.broadcast_to(valid, shape)


def _find_between_valid(
    correct: NDArray[np.bool_], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], ...]:
    # Image and step of each flip, its place among the validated steps of its image, their number.
    image, step = np.nonzero(valid)
    lengths = valid.sum(1)
    answers = correct[image, step]
    starts = np.cumsum(lengths) - lengths
    at = np.flatnonzero((answers[1:] != answers[:-1]) & (image[1:] == image[:-1])) + 1
    return image[at], step[at], at - starts[image[at]], lengths


def _measure_runs(
    image: NDArray[np.int64], place: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    same = image[1:] == image[:-1]
    gaps = place[1:] - place[:-1]
    before, after = place.copy(), lengths[image] - place
    before[1:][same] = gaps[same]
    after[:-1][same] = gaps[same]
    return before, after

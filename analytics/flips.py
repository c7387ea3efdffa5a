"""When images turn from wrong to right (learned) or from right to wrong (forgotten), and where many do.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.2. Its step 1 says that a bit is set where
the rule is satisfied; it must be where the rule is violated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Direction = Literal["both", "learned", "forgotten"]
Rule = Literal["left", "right", "either"]

WINDOWS = (1, 2, 3, 4, 5, 7, 10, 15, 20)  # steps, tried by suggest_settings
THRESHOLDS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 80)  # percent of a class
FOUND = (5, 200)  # anomaly iterations that a suggested setting has
CHANCE = 0.05  # of them at most so many are expected by chance
_DRAWS = 10


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

    left: NDArray[np.signedinteger]  # (class, step) flips with a window of one answer before them
    right: NDArray[np.signedinteger]  # (class, step) flips with a window of one answer from them on


@dataclass(frozen=True)
class Suggestion:
    """A window and a threshold under which few anomaly iterations are left to chance."""

    window: int  # steps
    threshold: int  # percent of a class
    found: int  # anomaly iterations: (class, step) that reach the threshold
    expected: float  # of them by chance


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


def find_anomalies(
    scores: AnomalyScores, least: NDArray[np.integer], rule: Rule = "either"
) -> NDArray[np.bool_]:
    """Find the steps at which a class scores `least`, (class,) counts, or more: (class, step).

    A class without images, or a least under 1, raises ValueError: every step would be one.
    """
    if np.min(least, initial=1) < 1:
        raise ValueError(f"a threshold is one flip or more, got {np.min(least)}")
    if rule not in ("left", "right", "either"):
        raise ValueError(f"a rule is left, right or either, got {rule!r}")
    left, right = (score >= np.asarray(least)[:, None] for score in (scores.left, scores.right))
    return left if rule == "left" else right if rule == "right" else left | right


def count_threshold(images: NDArray[np.integer], threshold: float) -> NDArray[np.int64]:
    """Count how many images of each class are `threshold` percent of it, 1 or more: (class,)."""
    return np.maximum(np.ceil(np.asarray(images) * threshold / 100 - 1e-9), 1).astype(np.int64)


def suggest_settings(
    flips: Flips,
    classes: NDArray[np.integer],
    stages: NDArray[np.integer],
    rule: Rule = "either",
    direction: Direction = "both",
    seed: int = 0,
) -> tuple[Suggestion, ...]:
    """Suggest windows and thresholds, the one with most anomaly iterations beyond chance first.

    classes is (image,); stages is (step,), the learning-rate stage of each step, the same number for
    steps in a row; the first step belongs to none. Kept are settings with 5 to 200 anomaly
    iterations of which at most 5 % are expected: as many as are found on average over 10 seeded
    draws that shift the flips of each image, all together and around, within each stage. Empty
    where no setting is kept. Source: our own (DeepTracker leaves it as future work, section 9).
    """
    classes, stages = np.asarray(classes, dtype=np.int64), np.asarray(stages)
    if len(stages) < 2 or not len(flips):
        return ()
    windows = [window for window in WINDOWS if window < len(stages)]

    def count(shown: Flips) -> NDArray[np.int64]:
        kept = np.ones(len(shown), dtype=np.bool_)
        if direction != "both":
            kept = shown.learned == (direction == "learned")
        return _count_anomalies(shown, kept, classes, windows, rule)

    found = count(flips)
    rng = np.random.default_rng(seed)
    drawn = [count(_shift(flips, len(classes), stages, rng)) for _ in range(_DRAWS)]
    expected = np.mean(drawn, axis=0)
    kept = (found >= FOUND[0]) & (found <= FOUND[1]) & (expected <= CHANCE * found)
    suggestions = [
        Suggestion(windows[k], THRESHOLDS[share], int(found[k, share]), float(expected[k, share]))
        for k, share in zip(*np.nonzero(kept), strict=True)
    ]
    return tuple(sorted(suggestions, key=lambda each: (each.expected - each.found, each.window)))


def _count_anomalies(
    flips: Flips,
    kept: NDArray[np.bool_],
    classes: NDArray[np.integer],
    windows: Sequence[int],
    rule: Rule,
) -> NDArray[np.int64]:
    """Count the anomaly iterations at each window and threshold: (window, threshold)."""
    images = np.bincount(classes)
    least = np.array([count_threshold(images, each) for each in THRESHOLDS])
    steps = int(flips.step.max()) + 1
    cell = classes[flips.image[kept]] * steps + flips.step[kept]
    before, after = flips.before[kept], flips.after[kept]
    # Only where enough images flip at all can any window find an anomaly: few of many cells.
    busy = np.bincount(cell, minlength=len(images) * steps) >= np.repeat(least[0], steps)
    number = np.cumsum(busy) - 1
    of_busy = busy[cell]
    cell, before, after = number[cell[of_busy]], before[of_busy], after[of_busy]
    needed = least[:, np.flatnonzero(busy) // steps]  # (threshold, busy cell)
    found = np.zeros((len(windows), len(THRESHOLDS)), dtype=np.int64)
    for place, window in enumerate(windows):
        left, right = (
            np.bincount(cell[run >= window], minlength=needed.shape[1]) for run in (before, after)
        )
        score = left if rule == "left" else right if rule == "right" else np.maximum(left, right)
        found[place] = (score >= needed).sum(1)
    return found


def _shift(
    flips: Flips, images: int, stages: NDArray[np.integer], rng: np.random.Generator
) -> Flips:
    starts = np.flatnonzero(np.diff(stages[1:], prepend=stages[1] - 1)) + 1
    lengths = np.diff(starts, append=len(stages))
    stage = np.searchsorted(starts, flips.step, side="right") - 1
    part = flips.image * len(starts) + stage  # the flips of an image in a stage stand together
    shifts = rng.integers(0, lengths, (images, len(starts)))
    moved = flips.step - starts[stage] + shifts[flips.image, stage]
    around = moved >= lengths[stage]
    # What goes around comes first: each part turns, so nothing needs to be sorted.
    counts = np.bincount(part, minlength=images * len(starts))
    ahead = np.bincount(part[~around], minlength=len(counts))
    begins = np.cumsum(counts) - counts
    rank = (np.arange(len(part)) - begins[part] - ahead[part]) % counts[part]
    place = begins[part] + rank
    step, learned = np.empty_like(flips.step), np.empty_like(flips.learned)
    step[place] = starts[stage] + moved - np.where(around, lengths[stage], 0)
    learned[place] = flips.learned
    before, after = _measure_runs(flips.image, step, np.full(images, len(stages)))
    return Flips(flips.image, step, learned, before, after)


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

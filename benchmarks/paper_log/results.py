"""Invents which image is right at which recorded step, with the flips that are planted among them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.flips import Flips, find_flips, score_anomalies
from benchmarks.paper_log.plan import IMAGES, Plan
from benchmarks.paper_log.truths import WINDOW, Event, Truths

Floats = NDArray[np.float32]
# (step, class, image) right; the same, what may not change any more; (step, class) what is planned
Planting = tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]

_MOST_AT_ONCE = 6  # images of a class that flip out of a steady answer where nothing is planted
_ABILITIES = (4.2, 2.6, 1.3, -0.1)  # of easy to hard classes, at the end of the first stage
_PACES = (0.03, 0.05, 0.09, 0.12)  # shares of the run in which they are learned
_NOISE = (0.55, 0.2, 0.09, 0.04)  # of an image's margin, by stage
_GAINS = (0.5, 0.3, 0.12)  # of ability, at each drop of the learning rate


@dataclass(frozen=True)
class Answers:
    """What every image was taken for, at every recorded step."""

    right: NDArray[np.bool_]  # (step, class, image)
    margin: NDArray[np.float16]  # (step, class, image) how sure the network is, 0 and more
    usual: NDArray[np.int32]  # (class, image) the class it is mistaken for at first
    later: NDArray[np.int32]  # (class, image) and from one of its steps on
    switch: NDArray[np.int64]  # (class, image) that step, as a place

    def predict(self, at: int) -> NDArray[np.int32]:
        """Return the class each image is taken for at a recorded step: (class, image)."""
        own = np.arange(self.right.shape[1], dtype=np.int32)[:, None]
        mistaken = np.where(at < self.switch, self.usual, self.later)
        return np.where(self.right[at], own, mistaken)

    def measure(self, at: int) -> tuple[Floats, Floats]:
        """Return loss and mean confidence of each class at a recorded step: (class,)."""
        margin = self.margin[at].astype(np.float32)
        sure = 1 / (1 + np.exp(-margin))
        loss = -np.log(np.where(self.right[at], sure, 1 - sure))
        return loss.mean(1), sure.mean(1)

    def error(self) -> NDArray[np.float64]:
        """Return the share of wrong images at each recorded step: (step,)."""
        return np.asarray(1 - self.right.mean((1, 2)))

    def find_events(self) -> frozenset[int]:
        """Return the places of the recorded steps at which many images of any class flip."""
        steps, classes, images = self.right.shape
        flips = find_flips(self.right.reshape(steps, -1).T)
        scores = score_anomalies(flips, np.repeat(np.arange(classes), images), steps, WINDOW)
        most = np.maximum(scores.left, scores.right).max(0)
        return frozenset(np.flatnonzero(most > _MOST_AT_ONCE + 1).tolist())


def invent_answers(plan: Plan, truths: Truths | None) -> Answers:
    """Invent the answers of a plan; without truths nothing but chance makes images flip together."""
    rng = np.random.default_rng((plan.seed, 3))
    right, margin = _walk(plan, truths, rng)
    planned = np.zeros(right.shape[:2], np.bool_)
    kept = np.zeros(right.shape, np.bool_)  # what is planted, which nothing later may change
    if truths:
        for event in truths.events:
            _plant_event(plan, event, event is truths.gong, (right, kept, planned), rng)
        _plant_peaks(plan, truths, (right, kept, planned), rng)
        minority = truths.minority_class, list(truths.minority_slots)
        right[:, minority[0], minority[1]] = False
        kept[:, minority[0], minority[1]] = True
    _add_leaps(plan, (right, kept, planned), rng)
    _show_once(right, kept, rng)
    for _ in range(6):
        if not _spread(right, kept, planned, rng):
            break
    return Answers(right, margin, *_mistake(plan, truths, rng))


def _walk(
    plan: Plan, truths: Truths | None, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.float16]]:
    ability = _draw_abilities(plan, truths, rng)
    difficulty = rng.normal(0, 1, (plan.classes, IMAGES)).astype(np.float32)
    noise = rng.normal(0, 1, difficulty.shape).astype(np.float32)
    spread = _smooth(plan, _NOISE) if plan.plants else np.full(plan.recorded, 0.3)
    shape = (plan.recorded, plan.classes, IMAGES)
    right, size = np.empty(shape, np.bool_), np.empty(shape, np.float16)
    for at in range(plan.recorded):
        noise = 0.5 * noise + 0.75**0.5 * rng.standard_normal(noise.shape, np.float32)
        margin = ability[at][:, None] - difficulty + np.float32(spread[at]) * noise
        right[at], size[at] = margin > 0, np.abs(margin)
    return right, size


def _draw_abilities(plan: Plan, truths: Truths | None, rng: np.random.Generator) -> Floats:
    """Draw the ability of each class over the recorded steps: (step, class)."""
    kind = rng.choice(4, plan.classes, p=(0.3, 0.3, 0.25, 0.15))
    if truths:
        kind[truths.minority_class] = 0
        kind[list(truths.gong.classes)] = 3
        kind[list(truths.deep.classes)] = 2
        kind[list(truths.shallow.classes)] = 1
    at = np.arange(plan.recorded)[:, None]
    pace = np.maximum(np.array(_PACES)[kind] * plan.recorded, 18)
    pace = pace * rng.uniform(0.8, 1.25, plan.classes)
    last = np.array(_ABILITIES)[kind] + rng.normal(0, 0.25, plan.classes)
    if truths:
        first, second = truths.deep.classes
        last[second], pace[second] = last[first], pace[first]
    ability = -2.5 + (last + 2.5) * (1 - np.exp(-at / pace))
    if plan.plants:
        gains = _smooth(plan, (0.0, *np.cumsum(_GAINS).tolist()))
    else:
        gains = 0.8 * np.arange(plan.recorded) / plan.recorded
    return np.asarray(ability + gains[:, None], np.float32)


def _smooth(plan: Plan, levels: tuple[float, ...]) -> NDArray[np.float64]:
    """Step from level to level at each drop, over a few recorded steps: an answer settles slowly."""
    pace = max(0.012 * plan.recorded, 4.0)
    smooth = np.empty(plan.recorded)
    level = levels[0]
    for at, stage in enumerate(plan.stages.tolist()):
        level += (levels[stage] - level) * (1 - np.exp(-1 / pace))
        smooth[at] = level
    return smooth


def _plant_event(
    plan: Plan, event: Event, good: bool, planting: Planting, rng: np.random.Generator
) -> None:
    """Flip most of the images at the first step of the event, and back at the second.

    A good event is a good time: all of them are right between its steps; else one half is wrong.
    """
    first, second = np.searchsorted(plan.steps, event.steps).tolist()
    for class_ in event.classes:
        images = rng.permutation(IMAGES)[: int(rng.integers(32, 40))].tolist()
        for place, image in enumerate(images):
            _hold((class_, image), (first, second), good or place % 2 == 0, planting, rng)
        planting[2][[first, second], class_] = True


def _hold(
    image: tuple[int, int],
    between: tuple[int, int],
    answer: bool,
    planting: Planting,
    rng: np.random.Generator,
) -> None:
    """Give one answer between two recorded steps, and the other one for some time around them."""
    right, kept, _ = planting
    # Each image for a time of its own: at its ends, too, many would flip at once.
    start, end = between
    before = max(start - WINDOW - int(rng.integers(1, 10)), 0)
    after = end + WINDOW + int(rng.integers(1, 10))
    class_, slot = image
    right[before:after, class_, slot] = not answer
    right[start:end, class_, slot] = answer
    kept[before:after, class_, slot] = True


def _plant_peaks(plan: Plan, truths: Truths, planting: Planting, rng: np.random.Generator) -> None:
    """Let half of the images of many classes be wrong at three recorded steps."""
    right, _, planned = planting
    wrong = []
    for at in np.searchsorted(plan.steps, truths.peaks).tolist():
        for class_ in truths.peak_classes:
            known = right[at - WINDOW : at + WINDOW, class_].sum(0)
            images = np.argsort(-known, kind="stable")[: int(rng.integers(18, 28))]
            for image in images.tolist():
                _hold((class_, image), (at, at + 1), False, planting, rng)
            wrong.append((at, class_, images))
        planned[at : at + 2, list(truths.peak_classes)] = True
    for at, class_, images in wrong:  # what holds images right around one peak reaches the next
        right[at, class_, images] = False


def _add_leaps(plan: Plan, planting: Planting, rng: np.random.Generator) -> None:
    """Let a few classes learn many images at one step, each at a step of its own: training does."""
    right, kept, planned = planting
    first = max(14, plan.recorded // 20)
    last = int(np.searchsorted(plan.steps, plan.drops[0 if plan.plants else 2]))
    quiet = np.flatnonzero(~planned.any(1))
    quiet = rng.permutation(quiet[(quiet >= first) & (quiet < last)])
    free = rng.permutation(np.flatnonzero(~planned.any(0) & ~kept.any((0, 2))))
    for class_, at in zip(free.tolist(), quiet[: _count_leaps(plan)].tolist(), strict=False):
        for image in rng.permutation(IMAGES)[: int(rng.integers(13, 20))].tolist():
            start = max(at - WINDOW - int(rng.integers(1, 10)), 0)
            end = at + WINDOW + int(rng.integers(1, 10))
            right[start:at, class_, image] = False
            right[at:end, class_, image] = True
            kept[start:end, class_, image] = True
        planned[at, class_] = True


def _count_leaps(plan: Plan) -> int:
    return max(3, round(40 * plan.fraction))


def _show_once(right: NDArray[np.bool_], kept: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Let every image that is never right be right now and then, but for those kept wrong."""
    never = ~right.any(0) & ~kept.any(0)
    for class_, image in np.argwhere(never).tolist():
        for start in rng.integers(len(right) // 5, len(right) - 4, 3).tolist():
            right[start : start + int(rng.integers(1, 4)), class_, image] = True


def _spread(
    right: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    planned: NDArray[np.bool_],
    rng: np.random.Generator,
) -> int:
    """Delay flips of images that flip together where nothing is planned; return how many."""
    steps, _, images = right.shape
    flips = find_flips(right.reshape(steps, -1).T)
    late = _find_crowded(flips, planned, images)
    moved = 0
    for image, step in zip(flips.image[late].tolist(), flips.step[late].tolist(), strict=True):
        class_, slot = divmod(image, images)
        end = min(step + int(rng.integers(1, 5)), steps)
        if not kept[max(step - 1, 0) : end, class_, slot].any():
            right[step:end, class_, slot] = right[step - 1, class_, slot]
            moved += 1
    return moved


def _find_crowded(flips: Flips, planned: NDArray[np.bool_], images: int) -> NDArray[np.int64]:
    """Find flips beyond the most that a class may have at one step: places among the flips."""
    found = []
    for steady in (flips.before >= WINDOW, flips.after >= WINDOW):
        place = np.flatnonzero(steady & ~planned[flips.step, flips.image // images])
        cell = flips.step[place] * planned.shape[1] + flips.image[place] // images
        order = np.argsort(cell, kind="stable")
        ordered = cell[order]
        rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
        found.append(place[order[rank >= _MOST_AT_ONCE]])
    return np.unique(np.concatenate(found))


def _mistake(
    plan: Plan, truths: Truths | None, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Draw what each image is mistaken for: mostly for the class that is usual for its own."""
    usual = (np.arange(plan.classes) + rng.integers(1, plan.classes, plan.classes)) % plan.classes
    if truths:
        first, second = truths.deep.classes
        usual[first], usual[second] = second, first
    own, shape = np.arange(plan.classes)[:, None], (plan.classes, IMAGES)
    mistakes = []
    for share in (0.6, 0.5):
        other = (own + rng.integers(1, plan.classes, shape)) % plan.classes
        chosen = np.where(rng.random(shape) < share, usual[:, None], other)
        mistakes.append(chosen.astype(np.int32))
    return mistakes[0], mistakes[1], rng.integers(1, plan.recorded, shape)

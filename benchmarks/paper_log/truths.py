"""What is planted in a paper-scale log: the eight patterns, drawn anew for each seed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.paper_log.network import Network, PaperLayer
from benchmarks.paper_log.plan import IMAGES, Plan

WINDOW = 5  # recorded steps of one answer around a flip that is an anomaly
_APART = WINDOW + 3  # recorded steps between two events that the same images take part in
_WIDE = 300  # filters of a layer whose top 1 % holds three


@dataclass(frozen=True)
class Event:
    """Filters of one layer that jump at two recorded steps, at which many images of some classes flip."""

    classes: tuple[int, ...]
    steps: tuple[int, ...]  # training steps, all of them recorded
    layer: int  # row of the table layers
    filters: tuple[int, ...]


@dataclass(frozen=True)
class Truths:
    """The eight patterns of DeepTracker's case studies (its section 8), as they were planted."""

    frozen_layer: int
    frozen_filters: tuple[int, ...]  # (1) bit-identical for the whole run
    peaks: tuple[int, ...]  # (2) recorded steps at which the validation error leaps, for one step
    peak_classes: tuple[int, ...]  # that flip at all of them, and back one recorded step later
    drops: tuple[int, ...]  # (3) the last training step of each stage; then a tenth of the rate
    minority_class: int  # (4) learned early, all but these of its images:
    minority_slots: tuple[int, ...]  # always wrong, and of another colour
    overactive_layer: int
    overactive_filters: tuple[int, ...]  # (5) change most in their layer, late in training
    sinking_layers: tuple[int, ...]  # (6) mean weight turns negative: all convolutions
    rising_layer: int  # whose mean weight stays positive: the last one
    halving_modules: tuple[str, ...]  # (7) sd of each half that of the one before; all decrease
    gong: Event  # (8) a mini-set hit twice by a single class
    shallow: Event  # by many classes, whose pictures share a blue ground
    deep: Event  # by exactly two alike classes, whose pictures share grass

    @property
    def events(self) -> tuple[Event, ...]:
        """The three mini-sets."""
        return self.gong, self.shallow, self.deep


def draw_truths(plan: Plan, network: Network) -> Truths:
    """Draw what is planted in the log of a plan; another seed moves every pattern."""
    rng = np.random.default_rng((plan.seed, 2))
    peaks, pairs = _draw_steps(plan, rng)
    frozen, shallow, over, gong, deep = _draw_layers(network, rng)
    shared = 5 if plan.classes < 200 else 14
    special = rng.permutation(plan.classes)
    peak_classes = special[shared + 4 :]
    peak_classes = peak_classes[: max(8, round(plan.classes * 0.25))]
    minority = rng.choice(IMAGES, int(rng.integers(8, 12)), replace=False)

    def number(steps: Sequence[int]) -> tuple[int, ...]:
        return tuple(plan.steps[list(steps)].tolist())

    def event(layer: PaperLayer, size: int, classes: Iterable[int], pair: int) -> Event:
        return Event(_sort(classes), number(pairs[pair]), layer.layer, _pick(layer, size, rng))

    return Truths(
        frozen_layer=frozen.layer,
        frozen_filters=_pick(frozen, 2, rng),
        peaks=number(peaks),
        peak_classes=_sort(peak_classes),
        drops=plan.drops,
        minority_class=int(special[0]),
        minority_slots=_sort(minority),
        overactive_layer=over.layer,
        overactive_filters=_pick(over, 3, rng),
        sinking_layers=tuple(each.layer for each in network.layers if each.is_convolution),
        rising_layer=next(each.layer for each in network.layers if not each.is_convolution),
        halving_modules=("layer1", "layer2", "layer3", "layer4"),
        gong=event(gong, 2, special[1:2], 0),
        deep=event(deep, 3, special[2:4], 1),
        shallow=event(shallow, 4, special[4 : 4 + shared], 2),
    )


def _draw_steps(plan: Plan, rng: np.random.Generator) -> tuple[list[int], list[list[int]]]:
    """Draw three peaks in the first stage and three pairs, as places among the recorded steps."""
    ends = np.searchsorted(plan.steps, plan.drops)
    first = max(14, round(0.06 * plan.recorded))
    while True:
        peaks = sorted(rng.integers(first, ends[0] - WINDOW - 2, 3).tolist())
        gong = _draw_pair(ends[0] + _APART, ends[1] - WINDOW, plan, rng)
        deep = _draw_pair(ends[0] + _APART, ends[1] - WINDOW, plan, rng)
        shallow = _draw_pair(first, ends[0] - WINDOW, plan, rng)
        taken = [*peaks, *(at + 1 for at in peaks), *gong, *deep, *shallow]
        apart = min(np.diff(sorted(taken)).tolist()) >= 1 and len(set(taken)) == len(taken)
        if apart and min(np.diff(peaks)) >= _APART:
            return peaks, [gong, deep, shallow]


def _draw_pair(first: int, end: int, plan: Plan, rng: np.random.Generator) -> list[int]:
    length = max(_APART, round(plan.recorded * rng.uniform(0.06, 0.12)))
    start = int(rng.integers(first, max(end - length, first + 1)))
    return [start, start + length]


def _draw_layers(network: Network, rng: np.random.Generator) -> list[PaperLayer]:
    """Draw a layer for each plant, no two alike: frozen, shallow, overactive, gong, deep."""
    kinds: tuple[Callable[[PaperLayer], bool], ...] = (
        lambda layer: layer.module <= 2 and layer.filters >= 64,
        lambda layer: layer.module <= 1,
        lambda layer: layer.module in (2, 3) and layer.filters >= _WIDE,
        lambda layer: layer.module in (2, 3, 4) and layer.filters >= 8,
        lambda layer: layer.module == 4,
    )
    while True:
        drawn = [_choose(network, kind, rng) for kind in kinds]
        if len({layer.layer for layer in drawn}) == len(drawn):
            return drawn


def _choose(
    network: Network, fits: Callable[[PaperLayer], bool], rng: np.random.Generator
) -> PaperLayer:
    fitting = [each for each in network.layers if each.is_convolution and fits(each)]
    return fitting[int(rng.integers(len(fitting)))]


def _pick(layer: PaperLayer, count: int, rng: np.random.Generator) -> tuple[int, ...]:
    return _sort(rng.choice(layer.filters, count, replace=False))


def _sort(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(int(number) for number in numbers))

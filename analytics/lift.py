"""How much more often filters change where a class flips than chance would have it.

Source: our own, in answer to DeepTracker (Liu D. et al., ACM TIST 2018), section 6.4, whose correlation view shows counts
alone: a disturbance of the whole network then ties every class to every layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, hypergeom

Doubles = NDArray[np.float64]
Counts = NDArray[np.int64]

FALSE_DISCOVERIES = (
    0.05  # of the cells that are outlined as more than chance, at most so many are not
)
_DRAWS = 2_000
_EXACT_AT_MOST = 20_000_000  # additions for one row and stage; beyond, draws
_DRAWN_AT_ONCE = 1_000_000  # counts


@dataclass(frozen=True)
class Lift:
    """Every cell of a matrix of rows (layers or mini-sets) × classes, against chance."""

    observed: Counts  # (row, class) appearances at the class's anomaly steps
    expected: Doubles  # (row, class) appearances at as many steps of the same stages
    lift: Doubles  # (row, class) (observed + 1) / (expected + 1); it only describes
    p: Doubles  # (row, class) chance of as many appearances or more; never to colour or rank by
    beyond_chance: NDArray[np.bool_]  # (row, class) survives Benjamini-Hochberg over all cells


def measure_lift(
    appearances: NDArray[np.integer],
    anomalies: NDArray[np.bool_],
    stages: NDArray[np.integer],
    seed: int = 0,
) -> Lift:
    """Compare appearances at the anomaly steps of each class with steps drawn from the same stages.

    appearances is (row, step) counts of each step, 0 or more: of a layer the anomaly filters it
    has there, of a mini-set 1 where it is whole. anomalies is (class, step). stages is (step,): the
    learning-rate stage of each step; under 0 where no step can be drawn, as at the first.
    For each class as many steps as it has in a stage are drawn from it, without repeats; the
    distribution of their sum is exact, by convolution, or where that is too long that of 2,000
    seeded draws, of which p is (as many or more + 1) / 2,001. Shapes that do not fit, negative counts and an anomaly where none can be drawn
    raise ValueError.
    """
    appearances, anomalies, stages = _check(appearances, anomalies, stages)
    members = [stages == stage for stage in np.unique(stages[stages >= 0])]
    numbers = np.array([anomalies[:, member].sum(1) for member in members], dtype=np.int64)
    numbers = numbers.reshape(len(members), len(anomalies))  # (stage, class) steps to draw
    # As floats, which multiply ten times as fast and hold such sums exactly.
    observed = (appearances.astype(np.float64) @ anomalies.T.astype(np.float64)).astype(np.int64)
    expected = np.zeros(observed.shape)
    p = np.ones(observed.shape)
    alike = _group_classes(numbers)
    for rows in _group_rows(appearances, members):
        counts = appearances[rows[0]]
        chances, draws = _sum_stages([counts[member] for member in members], numbers, seed)
        for wanted, classes in alike.items():
            of_sum = chances[wanted]
            cells = np.ix_(rows, classes)
            expected[cells] = of_sum @ np.arange(len(of_sum))
            or_more = np.append(of_sum[::-1].cumsum()[::-1], 0)  # small ones first
            found = or_more[np.minimum(observed[cells], len(of_sum))]
            # What was observed counts as one draw more: none of 2,000 does not say never.
            p[cells] = (found * draws + 1) / (draws + 1) if draws else found
    p = np.minimum(p, 1.0)
    beyond_chance = _survive(p, np.asarray(anomalies.any(1)))
    return Lift(observed, expected, (observed + 1) / (expected + 1), p, beyond_chance)


def _group_rows(appearances: Counts, members: Sequence[NDArray[np.bool_]]) -> list[list[int]]:
    """Find the rows with the same counts in each stage, in whatever order: their chances are the same.

    Of thousands of mini-sets most appear at one or two steps.
    """
    alike: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for row, counts in enumerate(appearances):
        found = tuple(tuple(np.sort(counts[member & (counts > 0)]).tolist()) for member in members)
        alike.setdefault(found, []).append(row)
    return list(alike.values())


def _group_classes(numbers: Counts) -> dict[tuple[int, ...], list[int]]:
    """Find the classes that draw as many steps of each stage: their chances are the same."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for class_, wanted in enumerate(map(tuple, numbers.T.tolist())):
        alike.setdefault(wanted, []).append(class_)
    return alike


def _sum_stages(
    stages: Sequence[Counts], numbers: Counts, seed: int
) -> tuple[dict[tuple[int, ...], Doubles], int]:
    """Chances of each sum, by the steps drawn of each stage, and how many draws they come of; 0 if exact.

    numbers is (stage, class) of steps to draw.
    """
    wanted = set(map(tuple, numbers.T.tolist()))
    if _is_long(stages, numbers, len(wanted)):
        rng = np.random.default_rng(seed)
        drawn = [_draw(*each, rng) for each in zip(stages, numbers.tolist(), strict=True)]
        return {each: _bin(drawn, each) for each in wanted}, _DRAWS
    parts = [_distribute(*each) for each in zip(stages, numbers.tolist(), strict=True)]
    return {
        each: reduce(
            np.convolve,
            (part[number] for part, number in zip(parts, each, strict=True)),
            np.ones(1),
        )
        for each in wanted
    }, 0


def _is_long(stages: Sequence[Counts], numbers: Counts, wanted: int) -> bool:
    """Tell whether the exact chances of one row take more additions than they may."""
    together, length = 0, 1
    for counts, drawn in zip(stages, numbers, strict=True):
        found, most, highest = _measure_sums(counts, int(drawn.max(initial=0)))
        if len(found) * (most + 1) * (highest + 1) > _EXACT_AT_MOST:
            return True
        together += length * (highest + 1)
        length += highest
    return wanted * together > 10 * _EXACT_AT_MOST  # these run ten times as fast


def _measure_sums(counts: Counts, number: int) -> tuple[Counts, int, int]:
    """Return the counts above 0, how many of them `number` draws can hold, and their highest sum."""
    found = counts[counts > 0]
    most = min(number, len(found))
    return found, most, int(np.sort(found)[len(found) - most :].sum())


def _check(
    appearances: NDArray[np.integer], anomalies: NDArray[np.bool_], stages: NDArray[np.integer]
) -> tuple[Counts, NDArray[np.bool_], Counts]:
    counts: Counts = np.asarray(appearances, dtype=np.int64)
    numbered: Counts = np.asarray(stages, dtype=np.int64)
    anomalies = np.asarray(anomalies, dtype=np.bool_)
    shapes = [counts.shape, anomalies.shape, numbered.shape]
    if [len(shape) for shape in shapes] != [2, 2, 1] or len({shape[-1] for shape in shapes}) > 1:
        raise ValueError(f"needed: (row, step), (class, step) and (step,); got {shapes}")
    if counts.min(initial=0) < 0:
        raise ValueError(f"appearances are counts, got {counts.min()}")
    if anomalies[:, numbered < 0].any():
        raise ValueError("an anomaly lies at a step of no stage (its number is under 0)")
    return counts, anomalies, numbered


def _distribute(counts: Counts, numbers: Sequence[int]) -> dict[int, Doubles]:
    """Chances of each sum over n of these counts, drawn without repeats, for each n in numbers."""
    found, most, highest = _measure_sums(counts, max(numbers, default=0))
    sums = _sum_exactly(found, most, highest)
    drawn = np.unique(np.array(numbers, dtype=np.int64))
    held = hypergeom.pmf(np.arange(most + 1), len(counts), len(found), drawn[:, None])
    return dict(zip(drawn.tolist(), held @ sums, strict=True))


def _sum_exactly(counts: Counts, most: int, highest: int) -> Doubles:
    # (n, sum) chances over the n-subsets of the first `size` counts; the newest is in m of size.
    chances = np.zeros((most + 1, highest + 1))
    chances[0, 0] = 1
    share = np.arange(1, most + 1)[:, None]
    for size, count in enumerate(counts.tolist(), 1):
        held = np.minimum(share / size, 1)
        without = chances[1:] * (1 - held)
        without[:, count:] += held * chances[:-1, : highest + 1 - count]
        chances[1:] = without
    return chances


def _draw(
    counts: Counts, numbers: Sequence[int], rng: np.random.Generator
) -> dict[int, NDArray[np.int64]]:
    """Sums over n of these counts, (draw,), for each n in numbers: of each draw the first n."""
    drawn = np.unique(np.array(numbers, dtype=np.int64))
    sums = np.zeros((_DRAWS, len(drawn)), dtype=np.int64)
    at_once = max(1, _DRAWN_AT_ONCE // max(1, len(counts)))
    for first in range(0, _DRAWS, at_once):
        part = sums[first : first + at_once]
        mixed = rng.permuted(np.tile(counts, (len(part), 1)), axis=1)
        totals = np.concatenate([np.zeros((len(part), 1), np.int64), mixed.cumsum(1)], axis=1)
        part[:] = totals[:, drawn]
    return dict(zip(drawn.tolist(), sums.T, strict=True))


def _bin(drawn: Sequence[dict[int, NDArray[np.int64]]], wanted: tuple[int, ...]) -> Doubles:
    sums = np.sum([each[number] for each, number in zip(drawn, wanted, strict=True)], axis=0)
    return np.bincount(sums) / _DRAWS


def _survive(p: Doubles, tested: NDArray[np.bool_]) -> NDArray[np.bool_]:
    survives = np.zeros(p.shape, dtype=np.bool_)
    cells = p[:, tested]
    if cells.size:
        adjusted = false_discovery_control(cells.ravel()).reshape(cells.shape)
        survives[:, tested] = adjusted <= FALSE_DISCOVERIES
    return survives

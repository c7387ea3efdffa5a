"""Which mini-sets are shown: smallest figures that a set must reach, and those to open with.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.4, filters by appearances alone; at the scale of
ImageNet that leaves thousands of sets, nearly all of one iteration that several classes share.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.miniset_table import MiniSetFigures

READABLE = 90  # filters: as many rows can be told apart in a face
FEW = 12  # filters: with fewer, softer limits are looked for


@dataclass(frozen=True)
class Limits:
    """The least that a mini-set must reach to be shown."""

    appearances: int = 2
    iterations: int = 2
    size: int = 2
    classes: int = 1
    repeats: int = 1
    exclusivity: int = 0  # percent


def keep_within(figures: MiniSetFigures, limits: Limits) -> NDArray[np.int64]:
    """Find the sets that reach every limit: their places."""
    return np.flatnonzero(
        (figures.appearances >= limits.appearances)
        & (figures.iterations >= limits.iterations)
        & (figures.size >= limits.size)
        & (figures.classes >= limits.classes)
        & (figures.repeats >= limits.repeats)
        & (100 * figures.exclusivity >= limits.exclusivity - 1e-9)
    )


def suggest_limits(figures: MiniSetFigures, readable: int = READABLE) -> Limits:
    """Choose limits that leave something to see, and no more filters than can be read.

    From two appearances, iterations and filters on: less where fewer than a dozen filters are left
    and more can still be read; more iterations and then more filters where too much is, as long as
    any set remains. Without sets, the usual.
    """
    best, most = Limits(), 0
    for limits in _soften():
        count = _count_filters(figures, limits)
        if count > readable and not most:
            return _tighten_until(figures, limits, readable)
        if most < count <= readable:
            best, most = limits, count
        if most >= FEW:
            break
    return best


def _tighten_until(figures: MiniSetFigures, limits: Limits, readable: int) -> Limits:
    while _count_filters(figures, limits) > readable:
        stricter = _tighten(figures, limits)
        if stricter is None:
            break
        limits = stricter
    return limits


def _soften() -> Iterator[Limits]:
    yield Limits()
    yield Limits(size=1)
    yield Limits(iterations=1)
    yield Limits(appearances=1, iterations=1)
    yield Limits(appearances=1, iterations=1, size=1)


def _tighten(figures: MiniSetFigures, limits: Limits) -> Limits | None:
    steps = (
        replace(limits, iterations=limits.iterations + 1),
        replace(limits, appearances=limits.appearances + 1),
        replace(limits, size=limits.size + 1),
    )
    return next((each for each in steps if len(keep_within(figures, each))), None)


def _count_filters(figures: MiniSetFigures, limits: Limits) -> int:
    return int(figures.size[keep_within(figures, limits)].sum())

"""How the benchmarks measure and print: medians, and a ratio to a yardstick of the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Times:
    """What one thing took, run by run, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle run."""
        return statistics.median(self.seconds)

    def percentile(self, share: float) -> float:
        """Return the time that `share` of the runs stay under."""
        return float(np.quantile(self.seconds, share))


def measure_pair(
    ours: Callable[[], object],
    yardstick: Callable[[], object],
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Times, Times]:
    """Time two functions in turn, so that whatever else the machine does hits both alike."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for function, seconds in zip((ours, yardstick), taken, strict=True):
            begin = clock()
            function()
            seconds.append(clock() - begin)
    return Times(tuple(taken[0])), Times(tuple(taken[1]))


def print_row(what: str, figure: str, yardstick: str, ratio: float) -> None:
    """Print one result: what was measured, ours, the yardstick, and how they compare."""
    print(f"{what:<44} {figure:>16} {yardstick:>28} {ratio:>9.3g}x")


def print_head(title: str, promise: str) -> None:
    """Print the name of a benchmark and what it holds the project to."""
    print(f"\n{title}\n  promise: {promise}")
    print(f"{'':<44} {'ours':>16} {'yardstick':>28} {'ratio':>10}")

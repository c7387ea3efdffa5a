"""Finds where a loss leaps far above what it was just before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

_BLOCK = 16  # values that share one baseline; high values this close are one spike
_TO_SD = 1.4826  # a normal distribution's standard deviation per median absolute deviation


@dataclass(frozen=True)
class SpikeOptions:
    """When a leap is a spike."""

    window: int = 64  # values before, whose median and spread are the baseline
    deviations: float = 10.0  # robust standard deviations above the median
    ratio: float = 2.0  # times the median
    fewest: int = 16  # finite values a baseline needs


@dataclass(frozen=True)
class Spikes:
    """Leaps of one curve, in order of steps."""

    first_steps: Steps  # (spike,) where the value left its baseline
    last_steps: Steps  # (spike,) the last high value
    steps: Steps  # (spike,) of the highest value
    values: Floats  # (spike,) the highest value
    baselines: Floats  # (spike,) the median just before the spike

    def __len__(self) -> int:
        return len(self.steps)

    def strongest(self, count: int) -> "Spikes":
        """Return the `count` spikes that rise furthest over their baselines, in order of steps."""
        kept = np.sort(np.argsort(self.baselines - self.values, kind="stable")[:count])
        return self._take(kept)

    def within(self, first: int | None, last: int | None) -> "Spikes":
        """Return the spikes whose highest value lies from step `first` to `last`."""
        kept = np.ones(len(self), bool)
        if first is not None:
            kept &= self.steps >= first
        if last is not None:
            kept &= self.steps <= last
        return self._take(np.flatnonzero(kept))

    def _take(self, kept: NDArray[np.intp]) -> "Spikes":
        return Spikes(
            self.first_steps[kept],
            self.last_steps[kept],
            self.steps[kept],
            self.values[kept],
            self.baselines[kept],
        )


def find_spikes(steps: Steps, values: Floats, options: SpikeOptions | None = None) -> Spikes:
    """Find values above median + deviations x spread and above ratio x median of those before.

    steps is (value,) and ascending; values is (value,), any unit.
    Values are taken in blocks of 16; the baseline of a block is the `window` values that precede
    it (all of them near the start): their median, and as spread their median absolute deviation
    in units of a standard deviation. Where the median is negative or zero, its size counts: the
    value must lie (ratio - 1) x |median| above it.
    High values at most 16 values apart are one spike, named by its highest (the first of equals).
    Values that are not finite are left out: neither spikes nor baseline.
    A block with fewer than `fewest` values before it has no spikes.
    """
    options = options or SpikeOptions()
    finite = np.isfinite(values)
    steps, values = steps[finite], values[finite]
    medians, limits = _baselines(values, options)
    blocks = np.arange(len(values)) // _BLOCK
    high = np.flatnonzero(values > limits[blocks])
    if len(high) == 0:
        none = np.empty(0, np.int64)
        return Spikes(none, none, none, np.empty(0), np.empty(0))
    starts = np.flatnonzero(np.diff(high, prepend=high[0] - _BLOCK - 1) > _BLOCK)
    runs = np.split(high, starts[1:])
    peaks = np.array([run[np.argmax(values[run])] for run in runs])
    firsts = high[starts]
    lasts = np.array([run[-1] for run in runs])
    return Spikes(steps[firsts], steps[lasts], steps[peaks], values[peaks], medians[blocks[firsts]])


def run_on(
    spikes: Spikes, steps: Steps, values: Floats, options: SpikeOptions | None = None
) -> Spikes:
    """Let a last spike that the curve's end follows within a window go on to that end.

    steps and values are (value,), finite, and end where the curve breaks off: a loss that explodes
    becomes its own baseline on the way, and would else seem to have calmed down.
    """
    window = (options or SpikeOptions()).window
    if len(spikes) == 0 or spikes.last_steps[-1] < steps[max(0, len(steps) - window)]:
        return spikes
    first = int(np.searchsorted(steps, spikes.first_steps[-1]))
    peak = first + int(np.argmax(values[first:]))
    return Spikes(
        spikes.first_steps,
        np.append(spikes.last_steps[:-1], steps[-1]),
        np.append(spikes.steps[:-1], steps[peak]),
        np.append(spikes.values[:-1], values[peak]),
        spikes.baselines,
    )


def _baselines(values: Floats, options: SpikeOptions) -> tuple[Floats, Floats]:
    # Median before each block, and the limit above which a value of the block is a spike.
    blocks = -(-len(values) // _BLOCK)
    medians, limits = np.full(blocks, np.nan), np.full(blocks, np.inf)
    ends = np.arange(blocks) * _BLOCK
    full = ends >= options.window
    if full.any():
        windows = np.lib.stride_tricks.sliding_window_view(values, options.window)
        leaping = np.flatnonzero(full)[_may_leap(values, ends, full, options)]
        before = windows[ends[leaping] - options.window]
        medians[leaping], limits[leaping] = _limits(before, options)
    for block in np.flatnonzero(~full & (ends >= options.fewest)):
        before = values[np.newaxis, : ends[block]]
        medians[block : block + 1], limits[block : block + 1] = _limits(before, options)
    return medians, limits


def _may_leap(
    values: Floats, ends: Steps, full: NDArray[np.bool_], options: SpikeOptions
) -> NDArray[np.bool_]:
    """Tell of the full blocks which may hold a spike: medians of all would take ten times as long.

    What lies above ratio x median lies above ratio x the lower half of the values before. The ratio
    is that of positive values alone: of others no more than themselves is asked.
    """
    least = values + (options.ratio - 1) * np.maximum(values, 0)
    begins = ends[full] - options.window  # evenly spaced: a view of the values, no copy
    before = np.lib.stride_tricks.sliding_window_view(least, options.window)[begins[0] :: _BLOCK]
    most = np.maximum.reduceat(values, ends)[full]
    below = np.count_nonzero(before[: len(begins)] < most[:, np.newaxis], axis=1)
    return np.asarray(2 * below >= options.window)


def _limits(before: Floats, options: SpikeOptions) -> tuple[Floats, Floats]:
    median = np.median(before, axis=1)
    spread = _TO_SD * np.median(np.abs(before - median[:, np.newaxis]), axis=1)
    rise = np.maximum(options.deviations * spread, (options.ratio - 1) * np.abs(median))
    return median, median + rise

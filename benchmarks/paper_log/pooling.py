"""Pools layers into the statistics of layers and of the modules that hold them, with histograms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks.paper_log.network import Network
from epochscope.recording.samples import BINS, EXACT_ELEMENTS, SAMPLE_ELEMENTS

Doubles = NDArray[np.float64]

_QUARTILES = (0.25, 0.5, 0.75)
_NEAR = np.linspace(-1.6, 1.6, 65)  # sd around the mean, where quartiles lie


@dataclass(frozen=True)
class Spread:
    """Normally spread values of each layer; each array is (layer,)."""

    mean: Doubles
    sd: Doubles
    min: Doubles
    max: Doubles


class Pooling:
    """Which layers each node pools, and how many weights they have."""

    def __init__(self, network: Network, rng: np.random.Generator) -> None:
        """Draw how far each bin is from its expected count: weights are the same from step to step."""
        self.nodes = network.nodes
        self._node, self._layer = np.nonzero(network.members)  # pairs, sorted by node
        self._starts = np.searchsorted(self._node, np.arange(len(self.nodes)))
        sizes = np.array([layer.filters * layer.fan_in for layer in network.layers], np.float64)
        self._share = sizes[self._layer] / self.sum(sizes)[self._node]
        self.count = self.sum(sizes).astype(np.int64)
        self.sampled = self.count > EXACT_ELEMENTS
        self._off = rng.normal(0, 1, (len(self.nodes), BINS))

    def sum(self, layers: Doubles) -> Doubles:
        """Sum (layer,) over the layers of each node: (node,)."""
        return np.add.reduceat(layers[self._layer], self._starts)

    def average(self, layers: Doubles) -> Doubles:
        """Average (layer, …) over the weights of each node: (node, …)."""
        share = self._share.reshape(-1, *[1] * (layers.ndim - 1))
        return np.add.reduceat(share * layers[self._layer], self._starts, axis=0)

    def describe(self, spread: Spread) -> dict[str, NDArray[np.generic]]:
        """Return the columns of layer_stat that describe values: arrays over the nodes."""
        mean = self.average(spread.mean)
        square = self.average(spread.sd**2 + spread.mean**2)
        sd = np.sqrt(np.maximum(square - mean**2, 0))
        low = np.minimum.reduceat(spread.min[self._layer], self._starts)
        high = np.maximum.reduceat(spread.max[self._layer], self._starts)
        quartiles = self._find_quartiles(spread, mean, sd)
        return {
            "min": low, "max": high, "lo": low, "hi": high, "mean": mean, "sd": sd,
            "l0": np.ones(len(mean)), "l1": self.average(_fold(spread)), "l2": np.sqrt(square),
            "q25": quartiles[0], "median": quartiles[1], "q75": quartiles[2],
            "bins": self._count_bins(spread, low, high), "count": self.count,
            "sampled": self.sampled,
        }  # fmt: skip

    def _below(self, spread: Spread, values: Doubles) -> Doubles:
        """Return the share of each node's values below (node, place)."""
        mean, sd = spread.mean[self._layer, None], spread.sd[self._layer, None]
        below = ndtr((values[self._node] - mean) / sd)
        return np.add.reduceat(self._share[:, None] * below, self._starts, axis=0)

    def _find_quartiles(self, spread: Spread, mean: Doubles, sd: Doubles) -> list[Doubles]:
        places = mean[:, None] + sd[:, None] * _NEAR
        below = self._below(spread, places)
        rows = np.arange(len(mean))
        found = []
        for quartile in _QUARTILES:
            end = (below < quartile).sum(1)
            low, high = below[rows, end - 1], below[rows, end]
            part = (quartile - low) / (high - low)
            found.append(places[rows, end - 1] + part * (places[rows, end] - places[rows, end - 1]))
        return found

    def _count_bins(self, spread: Spread, low: Doubles, high: Doubles) -> NDArray[np.uint32]:
        edges = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, BINS + 1)
        below = self._below(spread, edges)
        below[:, 0], below[:, -1] = 0, 1
        return count(np.diff(below), np.where(self.sampled, SAMPLE_ELEMENTS, self.count), self._off)


def count(shares: Doubles, elements: NDArray[np.int64], off: Doubles) -> NDArray[np.uint32]:
    """Turn shares (row, bin) into counts that add up to the elements of each row."""
    expected = shares * elements[:, None]
    counts = np.maximum(np.rint(expected + off * np.sqrt(expected)), 0).astype(np.int64)
    rows = np.arange(len(counts))
    counts[rows, expected.argmax(1)] += elements - counts.sum(1)
    return np.maximum(counts, 0).astype(np.uint32)


def _fold(spread: Spread) -> Doubles:
    """Return the mean absolute value of normally spread values."""
    ratio = spread.mean / spread.sd
    flat = spread.sd * np.sqrt(2 / np.pi) * np.exp(-(ratio**2) / 2)
    return np.asarray(flat + spread.mean * (1 - 2 * ndtr(-ratio)))

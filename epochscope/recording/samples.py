"""Histogram, quantiles and change shares: of all elements, or of a seeded stratified sample."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

EXACT_ELEMENTS = 100_000  # above it a sample stands for the tensor
SAMPLE_ELEMENTS = 1 << 16  # rank error: standard deviation 0.2 %
BINS = 64
_SEED = 20_170
_QUARTILES = np.array([0.25, 0.5, 0.75])
_INNER_EDGES = np.arange(1, BINS) / BINS

Floats = NDArray[np.float32]


def is_sampled(elements: int) -> bool:
    """Return whether a tensor of that many elements is represented by a sample."""
    return elements > EXACT_ELEMENTS


@lru_cache(maxsize=64)
def _positions(elements: int, device: torch.device) -> Tensor:
    # One element of each of equally long strata, the same ones at every recorded step.
    rng = np.random.default_rng((_SEED, elements))
    strata = np.arange(SAMPLE_ELEMENTS) + rng.random(SAMPLE_ELEMENTS)
    positions = (strata * (elements / SAMPLE_ELEMENTS)).astype(np.int64)
    return torch.from_numpy(np.minimum(positions, elements - 1)).to(device)


def take_sample(tensor: Tensor) -> Tensor:
    """Return the elements, flat and float32: all of them, or those of the sample."""
    if not is_sampled(tensor.numel()):
        return tensor.reshape(-1).float()
    return tensor.take(_positions(tensor.numel(), tensor.device)).float()


def sort_finite(sample: Tensor) -> Floats:
    """Return the finite elements in ascending order, on the host."""
    # On a CPU numpy sorts 20 times faster than torch.
    values = sample.sort().values.cpu().numpy() if sample.is_cuda else np.sort(sample.numpy())
    return np.asarray(values[np.isfinite(values)], dtype=np.float32)


def find_quartiles(ordered: Floats) -> tuple[float, float, float] | None:
    """Return the 25, 50 and 75 % quantiles of ordered values, between neighbours linear."""
    if not len(ordered):
        return None
    position = _QUARTILES * (len(ordered) - 1)
    below = position.astype(np.int64)
    above = np.minimum(below + 1, len(ordered) - 1)
    low, high = ordered[below].astype(np.float64), ordered[above].astype(np.float64)
    q25, median, q75 = low + (high - low) * (position - below)
    return float(q25), float(median), float(q75)


def count_bins(ordered: Floats, low: float, high: float) -> NDArray[np.uint32]:
    """Count ordered values in 64 equal bins over [low, high]; the last one holds `high` too."""
    # As halves: the width of [-3e38, 3e38] is beyond float32, not beyond float64.
    edges = low + (high - low) * _INNER_EDGES
    places = np.empty(BINS + 1, np.int64)
    places[0], places[-1] = 0, len(ordered)
    places[1:-1] = np.searchsorted(ordered, edges, side="left")
    return (places[1:] - places[:-1]).astype(np.uint32)


# Entry 0 is unlimited; entry 9 d + 10 - j is j * 10^-(d + 1), so 0.9, 0.8 ... 0.1, 0.09 ... 1e-6.
CHANGE_LIMITS = np.array(
    [np.inf] + [j * 10.0 ** -(d + 1) for d in range(6) for j in range(9, 0, -1)]
)


def share_changes(now: Tensor, before: Tensor) -> NDArray[np.float32]:
    """Return the share of weights whose |now - before| / |before| is below each limit, (55,).

    A weight that stays at zero has not changed; one that leaves it is in no entry but the first.
    """
    present, past = take_sample(now), take_sample(before)
    moved = (present - past).abs()
    ratio = torch.where(moved == 0, moved, moved / past.abs()).cpu().numpy()
    ordered = np.sort(ratio)  # NaN last: below no limit
    below = np.searchsorted(ordered, CHANGE_LIMITS[1:], side="left")
    return np.concatenate([[1.0], below / max(len(ordered), 1)]).astype(np.float32)

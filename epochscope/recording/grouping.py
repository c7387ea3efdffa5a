"""Groups samples that have no labels, by k-means of their reduced inputs."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

GROUPS = 10
FEATURES = 64
_ROUNDS = 25

Floats = NDArray[np.float64]


def reduce_input(sample: object) -> Floats:
    """Return 64 numbers that stand for a sample's input; zeros where it is no tensor."""
    if not isinstance(sample, Tensor) or not sample.numel():
        return np.zeros(FEATURES)
    values = torch.nan_to_num(sample.detach().float().cpu(), posinf=0.0, neginf=0.0)
    if values.dim() >= 2 and min(values.shape[-2:]) >= 8:
        picture = values.reshape(-1, *values.shape[-2:]).mean(0)
        return F.adaptive_avg_pool2d(picture[None], 8).flatten().double().numpy()
    return F.adaptive_avg_pool1d(values.reshape(1, -1), FEATURES).flatten().double().numpy()


def group_samples(features: Floats, seed: int = 0) -> NDArray[np.int32]:
    """Return the group of each row of (sample, feature): at most ten, the largest is group 0.

    Ties of distance go to the first centre, ties of size to the group seen first.
    """
    spread = features.std(0)
    points = (features - features.mean(0)) / np.where(spread > 0, spread, 1.0)
    rng = np.random.default_rng(seed)
    centres = _spread_centres(points, min(GROUPS, len(points)), rng)
    group = np.zeros(len(points), np.int64)
    for _ in range(_ROUNDS):
        group = _distances(points, centres).argmin(1)
        moved = centres.copy()
        for index in np.unique(group):
            moved[index] = points[group == index].mean(0)
        if np.array_equal(moved, centres):
            break
        centres = moved
    present, first, size = np.unique(group, return_index=True, return_counts=True)
    order = present[np.lexsort((first, -size))]
    rank = np.zeros(len(centres), np.int32)
    rank[order] = np.arange(len(order))
    return rank[group]


def _spread_centres(points: Floats, count: int, rng: np.random.Generator) -> Floats:
    chosen = [points[rng.integers(len(points))]]
    for _ in range(count - 1):
        near = _distances(points, np.array(chosen)).min(1)
        total = near.sum()
        share = near / total if total > 0 else np.full(len(points), 1 / len(points))
        chosen.append(points[rng.choice(len(points), p=share)])
    return np.array(chosen)


def _distances(points: Floats, centres: Floats) -> Floats:
    squares = (points**2).sum(1)[:, None] + (centres**2).sum(1)[None]
    distances: Floats = np.maximum(squares - 2 * points @ centres.T, 0.0)
    return distances

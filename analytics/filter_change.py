"""How far each filter moved between neighbouring recorded steps.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.3: the cosine between a filter's weights before
and after. The paper leaves open what a filter of zeros does; see docs/papers.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class FilterChange:
    """The change of every filter since the step before; NaN at the first step."""

    cosine: Doubles  # (step, filter) 1 - cosine, 0 to 2
    relative: Doubles  # (step, filter) |w - p| / |p|; infinite where it leaves zero


def measure_filter_change(weights: NDArray[np.floating]) -> FilterChange:
    """Measure both changes of filters whose weights are (step, filter, weight).

    A filter that stays at zero has not moved: 0 and 0. From zero: 1 and infinite. To zero: 1 and 1. A
    weight that is not finite makes NaN, then and at the step after. Another shape raises ValueError.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if weights.ndim != 3:
        raise ValueError(f"weights are (step, filter, weight), got shape {weights.shape}")
    cosine = np.full(weights.shape[:2], np.nan)
    relative = np.full(weights.shape[:2], np.nan)
    for step in range(1, len(weights)):  # pairs: all at once would copy every weight
        cosine[step], relative[step] = _measure_pair(weights[step - 1], weights[step])
    return FilterChange(cosine, relative)


def _measure_pair(before: Doubles, now: Doubles) -> tuple[Doubles, Doubles]:
    finite = np.asarray((np.isfinite(before) & np.isfinite(now)).all(1))
    before, now = (np.where(finite[:, None], one, 0.0) for one in (before, now))
    # Scaled by the largest weight of each, no square over- or underflows.
    largest = np.maximum(_largest(before), _largest(now))
    before, now = (one / np.where(largest, largest, 1)[:, None] for one in (before, now))
    directions = [_direction(one) for one in (before, now)]
    # 1 - cosine is half the squared distance of the directions; 1 - u·v loses the digits of small changes.
    cosine = np.square(directions[1] - directions[0]).sum(1) / 2
    stood, stands = before.any(1), now.any(1)
    cosine = np.where(stood & stands, cosine, np.where(stood | stands, 1.0, 0.0))
    moved, length = np.linalg.norm(now - before, axis=1), np.linalg.norm(before, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(moved == 0, 0.0, moved / length)
    unknown = np.where(finite, 0.0, np.nan)
    return np.clip(cosine, 0, 2) + unknown, relative + unknown


def _largest(rows: Doubles) -> Doubles:
    return np.asarray(np.abs(rows).max(1, initial=0.0))


def _direction(rows: Doubles) -> Doubles:
    largest = _largest(rows)
    scaled = rows / np.where(largest, largest, 1)[:, None]
    length = np.linalg.norm(scaled, axis=1)
    return scaled / np.where(length, length, 1)[:, None]

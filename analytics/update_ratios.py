"""How long the updates of a network are beside its weights, the gradient's part and weight decay's.

Source: DeepTracker, section 8.2; the guide of 1e-3 for a step is common practice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class UpdateNorms:
    """Root mean squares over the elements of each layer's weights at each recorded step."""

    layers: NDArray[np.int32]  # (layer,) rows of the table layers
    count: Floats  # (layer, step) elements; NaN where not recorded, like the next
    weight: Floats
    gradient: Floats  # of the update by gradients alone
    decay: Floats  # of the update by weight decay alone
    moved: Floats  # |w - p| / |p| against the weights p of the recorded step before
    sd: Floats  # of the weights


@dataclass(frozen=True)
class UpdateRatios:
    """Lengths of what moved by that of the weights; NaN where not recorded."""

    gradient: Floats  # (step,)
    decay: Floats  # (step,)
    change: Floats  # (step,) of all that moved since the recorded step before


def measure_ratios(norms: UpdateNorms, layers: NDArray[np.bool_]) -> UpdateRatios:
    """Measure the ratios over the weights of some layers together, chosen by a mask (layer,).

    Layers without a recorded update at a step are left out of both lengths at that step. Zero
    weights give infinity where anything moved.
    """
    before = np.roll(norms.weight, 1, axis=1)  # the first step has no change
    moved = norms.moved * before
    return UpdateRatios(
        _ratio(norms.count[layers], norms.gradient[layers], norms.weight[layers]),
        _ratio(norms.count[layers], norms.decay[layers], norms.weight[layers]),
        _ratio(norms.count[layers], moved[layers], before[layers]),
    )


def _ratio(count: Floats, part: Floats, weight: Floats) -> Floats:
    known = np.isfinite(part) & np.isfinite(weight)
    moved = np.where(known, count * part**2, 0).sum(0)
    length = np.where(known, count * weight**2, 0).sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.sqrt(moved / length)
    return np.asarray(np.where(known.any(0), np.where(moved == 0, 0.0, ratio), np.nan))

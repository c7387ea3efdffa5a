"""Derives what the charts of a layer show from its recorded statistics."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STATISTICS = (
    "min", "q25", "median", "q75", "max", "mean", "sd", "variance", "sum", "l0", "l1", "l2",
)  # fmt: skip
QUANTILES = ("min", "q25", "median", "q75", "max")
BAD = ("nan", "pos_inf", "neg_inf")
_MADE_OF = {"variance": ("sd",), "sum": ("mean", "count", *BAD)}


def columns_of(statistic: str) -> tuple[str, ...]:
    """Name the recorded columns that a statistic is derived from; others raise ValueError."""
    if statistic not in STATISTICS:
        raise ValueError(f"a statistic is one of {STATISTICS}, got {statistic!r}")
    return _MADE_OF.get(statistic, (statistic,))


def derive_statistic(statistic: str, columns: Mapping[str, Floats]) -> Floats:
    """Derive a statistic from recorded columns of one shape; NaN where one of them is.

    The variance is that of all finite elements, the sum is over them. `count` is of all elements.
    """
    if statistic == "variance":
        return columns["sd"] ** 2
    if statistic == "sum":
        finite: Floats = columns["count"] - sum(columns[name] for name in BAD)
        return columns["mean"] * finite
    return columns[statistic]


def hold_last(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Repeat what was last recorded of a tensor that is recorded only when it changes.

    Columns are (step,) or (step, entry); steps before the first record stay NaN.
    """
    known = np.isfinite(columns["count"])
    last = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    found: dict[str, Floats] = {}
    for name, values in columns.items():
        held = values[np.maximum(last, 0)]
        held[last < 0] = np.nan
        found[name] = held
    return found


def find_bad_step(steps: NDArray[np.int64], columns: Mapping[str, Floats]) -> int:
    """Find the step from which on no recorded tensor is all finite again; -1 where there is none."""
    counted = np.isfinite(columns["count"])
    bad = np.sum([np.nan_to_num(columns[name]) for name in BAD], axis=0)[counted] > 0
    if not len(bad) or not bad[-1]:
        return -1
    last_good = np.flatnonzero(~bad)
    first = 0 if not len(last_good) else int(last_good[-1]) + 1
    return int(steps[counted][first])

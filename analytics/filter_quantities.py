"""What can be told of each filter at a recorded step, and how it follows from what the log holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """A number per filter: what it is called, what it is measured in, where it comes from."""

    name: str
    label: str
    unit: str
    column: str  # of the table filter_stat
    signed: bool = False  # whether it may lie on both sides of 0


_TABLE = (
    Quantity("change", "1 − cosine", "turn since the step before, 0 to 2", "change"),
    Quantity("relative", "relative change", "share of the length before", "relative"),
    Quantity("mean", "mean", "per weight", "mean", signed=True),
    Quantity("sum", "sum", "of all weights", "mean", signed=True),
    Quantity("sd", "sd", "per weight", "sd"),
    Quantity("variance", "variance", "per weight", "sd"),
    Quantity("min", "minimum", "smallest weight", "min", signed=True),
    Quantity("max", "maximum", "largest weight", "max", signed=True),
    Quantity("l2", "L2 norm", "root mean square per weight", "l2"),
    Quantity("gradient_l2", "gradient norm", "root mean square per weight", "gradient_l2"),
    Quantity("activation_mean", "mean activation", "output", "activation_mean", signed=True),
    Quantity("activation_max", "largest activation", "output", "activation_max", signed=True),
    Quantity("active_share", "active share", "of outputs above 0", "active_share"),
)
QUANTITIES = {quantity.name: quantity for quantity in _TABLE}


def derive_quantity(
    name: str, columns: Mapping[str, NDArray[np.floating]], weights_each: int
) -> Doubles:
    """Return a quantity (step, filter) from the columns of the log, each (step, filter).

    The sum is the mean times the weights of a filter, the variance the square of the sd. A
    quantity that does not exist raises ValueError.
    """
    if name not in QUANTITIES:
        raise ValueError(f"a filter's quantity is one of {tuple(QUANTITIES)}, got {name!r}")
    found = np.asarray(columns[QUANTITIES[name].column], dtype=np.float64)
    if name == "sum":
        return found * weights_each
    return np.square(found) if name == "variance" else found

"""What standard deviation the weights of a layer are expected to start with.

Sources: PyTorch's reset_parameters; He et al. 2015; Glorot and Bengio 2010.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod, sqrt


@dataclass(frozen=True)
class ExpectedSpread:
    """Standard deviations of initial weights; None where the rule does not apply."""

    default: float | None  # PyTorch's own for this type
    he: float | None  # sqrt(2 / fan_in)
    xavier: float | None  # sqrt(2 / (fan_in + fan_out))


def expect_spread(type_: str, shape: Sequence[int] | None) -> ExpectedSpread:
    """Return the expected standard deviations for a type of layer and the shape of its weight.

    Fans are those of torch.nn.init; a weight of fewer than two axes has none.
    """
    if shape is None or len(shape) < 2 or not prod(shape):
        constant = 0.0 if "Norm" in type_ else None
        return ExpectedSpread(constant, None, None)
    fan_in, fan_out = prod(shape[1:]), shape[0] * prod(shape[2:])
    he, xavier = sqrt(2 / fan_in), sqrt(2 / (fan_in + fan_out))
    return ExpectedSpread(_default(type_, shape, fan_in), he, xavier)


def _default(type_: str, shape: Sequence[int], fan_in: int) -> float | None:
    if type_.startswith(("Conv", "Linear", "Lazy", "Bilinear", "NonDynamicallyQuantizable")):
        return 1 / sqrt(3 * fan_in)  # uniform within 1 / sqrt(fan_in)
    if type_.startswith("Embedding"):
        return 1.0
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}
    found = next((number for name, number in gates.items() if type_.startswith(name)), None)
    if found is not None:
        return 1 / sqrt(3 * shape[0] / found)  # uniform within 1 / sqrt(hidden units)
    if type_.startswith("MultiheadAttention"):
        part = type_.partition(".")[2]
        if part == "out_proj":
            return 1 / sqrt(3 * fan_in)
        # Xavier over the three projections stacked
        return sqrt(2 / (fan_in + 3 * shape[0]))
    return None

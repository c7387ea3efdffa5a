"""Which non-linearity is called on a layer's output, directly: by a module or by the graph."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Nonlinearity:
    """A function of each element; a rectifier is exactly 0 wherever it is not active."""

    name: str
    apply: Function

    @property
    def rectifies(self) -> bool:
        """Tell whether dead and active mean something after it."""
        return self.name in ("relu", "relu6")


# Only functions that take no further argument: what a node of the graph says is enough.
_PLAIN: dict[str, Function] = {
    "relu": F.relu,
    "relu6": F.relu6,
    "tanh": F.tanh,
    "sigmoid": F.sigmoid,
    "silu": F.silu,
    "selu": F.selu,
    "mish": F.mish,
    "hardswish": F.hardswish,
    "hardsigmoid": F.hardsigmoid,
}
_MODULES: dict[type[nn.Module], str] = {
    nn.ReLU: "relu",
    nn.ReLU6: "relu6",
    nn.Tanh: "tanh",
    nn.Sigmoid: "sigmoid",
    nn.SiLU: "silu",
    nn.SELU: "selu",
    nn.Mish: "mish",
    nn.Hardswish: "hardswish",
    nn.Hardsigmoid: "hardsigmoid",
}


def nonlinearity_of(module: nn.Module) -> Nonlinearity | None:
    """Return the non-linearity a module applies, or None where it is none that we know."""
    name = _MODULES.get(type(module))
    if name is not None:
        return Nonlinearity(name, _PLAIN[name])
    if isinstance(module, nn.LeakyReLU):
        slope = module.negative_slope
        return Nonlinearity("leaky_relu", partial(F.leaky_relu, negative_slope=slope))
    if isinstance(module, nn.ELU):
        return Nonlinearity("elu", partial(F.elu, alpha=module.alpha))
    if isinstance(module, nn.GELU):
        return Nonlinearity("gelu", partial(F.gelu, approximate=module.approximate))
    if isinstance(module, nn.Softplus):
        beta, threshold = module.beta, module.threshold
        return Nonlinearity("softplus", partial(F.softplus, beta=beta, threshold=threshold))
    return None


def find_in_graph(graph: dict[str, Any], prefix: str = "") -> dict[str, Nonlinearity]:
    """Return layer name -> the non-linearity that the graph applies to its output itself."""
    last: dict[str, str] = {}
    for node in graph["nodes"]:
        if node.get("module") and node["op"] not in ("parameter", "buffer", "getitem"):
            last[node["module"]] = node["name"]
    outputs = {name: module for module, name in last.items()}
    found: dict[str, Nonlinearity] = {}
    for node in graph["nodes"]:
        kind, inputs = str(node.get("type", "")).lower(), node.get("inputs", ())
        if kind in _PLAIN and len(inputs) == 1 and inputs[0] in outputs:
            name = ".".join(filter(None, (prefix, outputs[inputs[0]])))
            found[name] = Nonlinearity(kind, _PLAIN[kind])
    return found

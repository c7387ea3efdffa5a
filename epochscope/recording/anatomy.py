"""What the weights of each kind of module look like: filters, neurons, activation axis."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

from epochscope.recording.effective import is_parametrised

EMBEDDING_ROWS = 65_536  # above it an embedding has layer statistics only
Arrange = Callable[[tuple[Tensor, ...], int], Tensor]


@dataclass(frozen=True, eq=False)
class Piece:
    """Rows [first, last) of a parameter, or all of it."""

    name: str  # within the module
    parameter: Tensor
    first: int = 0
    last: int | None = None

    def of(self, tensor: Tensor) -> Tensor:
        """Return the same rows of a tensor shaped like the parameter."""
        return tensor if self.last is None else tensor[self.first : self.last]

    @property
    def tensor_name(self) -> str:
        """Name the attribute of the module that a forward pass reads."""
        return self.name.split(".")[1] if self.name.startswith("parametrizations.") else self.name

    @property
    def key(self) -> tuple[int, int, int]:
        """Tell this piece from every other one."""
        return id(self.parameter), self.first, -1 if self.last is None else self.last


def _rows(tensors: tuple[Tensor, ...], neurons: int) -> Tensor:
    return tensors[0].reshape(neurons, -1)


@dataclass(frozen=True, eq=False)
class Anatomy:
    """The weights of a layer and how they fall into filters."""

    kind: str = "other"
    name: str = ""  # of the part, where a module holds several layers
    type: str = ""  # of the part
    neurons: int | None = None
    neuron_axis: int | None = None
    weights: tuple[Piece, ...] = ()
    biases: tuple[Piece, ...] = ()
    columns: tuple[int, int] | None = None
    spatial: int = -1  # axes after the channel; -1: any
    arrange: Arrange = _rows


def describe_anatomy(module: nn.Module) -> tuple[Anatomy, ...]:
    """Describe the layers a module is: none for a container, several for attention."""
    if isinstance(module, nn.MultiheadAttention):
        return tuple(_attention(module))
    if isinstance(module, nn.RNNBase):
        return tuple(_recurrent(module))
    weights, biases = _pieces(module)
    if not weights and not biases:
        return ()
    for types, describe in _TABLE:
        if isinstance(module, types) and weights:
            return (describe(module, weights, biases),)
    return (Anatomy(weights=weights, biases=biases),)


def _pieces(module: nn.Module) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    own: list[tuple[str, Tensor]] = []
    if is_parametrised(module):
        nested = module.parametrizations.named_parameters()  # type: ignore[union-attr]
        own += [(f"parametrizations.{name}", one) for name, one in nested]
    own += [(name, one) for name, one in module._parameters.items() if one is not None]
    pieces = sorted((Piece(*one) for one in own), key=lambda piece: "_hh" in piece.tensor_name)
    weights = tuple(piece for piece in pieces if "bias" not in piece.tensor_name)
    return weights, tuple(piece for piece in pieces if "bias" in piece.tensor_name)


Pieces = tuple[Piece, ...]


def _convolution(module: nn.Module, weights: Pieces, biases: Pieces) -> Anatomy:
    assert isinstance(module, _ConvNd)
    spatial = len(module.kernel_size)
    channels = module.out_channels
    if not isinstance(module, _ConvTransposeNd):
        return Anatomy("convolution", "", "", channels, 1, weights, biases, None, spatial)
    arrange = _Transposed(module.groups)
    kind = "transposed convolution"
    return Anatomy(kind, "", "", channels, 1, weights, biases, None, spatial, arrange)


def _linear(module: nn.Module, weights: Pieces, biases: Pieces) -> Anatomy:
    outputs = int(module.out_features)  # type: ignore[arg-type]
    return Anatomy("linear", "", "", outputs, -1, weights, biases)


def _normalisation(module: nn.Module, weights: Pieces, biases: Pieces) -> Anatomy:
    channels = weights[0].parameter.numel()
    axis = -1 if isinstance(module, nn.LayerNorm | nn.RMSNorm) else 1
    if axis == -1 and weights[0].parameter.dim() != 1:
        return Anatomy("normalisation", weights=weights, biases=biases)
    return Anatomy("normalisation", "", "", channels, axis, weights, biases)


def _embedding(module: nn.Module, weights: Pieces, biases: Pieces) -> Anatomy:
    rows = int(module.num_embeddings)  # type: ignore[arg-type]
    neurons = rows if rows <= EMBEDDING_ROWS else None
    return Anatomy("embedding", neurons=neurons, weights=weights, biases=biases)


def _cell(module: nn.Module, weights: Pieces, biases: Pieces) -> Anatomy:
    units = int(module.hidden_size)  # type: ignore[arg-type]
    return Anatomy("recurrent", "", "", units, -1, weights, biases, None, -1, _gates)


def _attention(module: nn.MultiheadAttention) -> Iterator[Anatomy]:
    size = module.embed_dim
    bias = module.in_proj_bias
    for position, part in enumerate(("query", "key", "value")):
        rows = position * size, (position + 1) * size
        weight = module.in_proj_weight
        apart: nn.Parameter | None = getattr(module, f"{part[0]}_proj_weight")
        if apart is not None:
            pieces: Pieces = (Piece(f"{part[0]}_proj_weight", apart),)
        else:
            assert weight is not None
            pieces = (Piece("in_proj_weight", weight, *rows),)
        biases = () if bias is None else (Piece("in_proj_bias", bias, *rows),)
        kind = f"{type(module).__name__}.{part}"
        yield Anatomy("linear", part, kind, size, None, pieces, biases)
    projection = module.out_proj
    pieces = (Piece("out_proj.weight", projection.weight),)
    biases = () if projection.bias is None else (Piece("out_proj.bias", projection.bias),)
    kind = f"{type(module).__name__}.out_proj"
    # A hook on the projection itself never fires, so the tap is the attention module.
    yield Anatomy("linear", "out_proj", kind, size, -1, pieces, biases)
    extra = tuple(
        Piece(name, one)
        for name, one in (("bias_k", module.bias_k), ("bias_v", module.bias_v))
        if one is not None
    )
    if extra:
        yield Anatomy("other", "extra", f"{type(module).__name__}.extra", biases=extra)


def _recurrent(module: nn.RNNBase) -> Iterator[Anatomy]:
    directions = ("", "_reverse") if module.bidirectional else ("",)
    units = module.hidden_size
    weights, biases = _pieces(module)
    alone = module.num_layers == 1 and not module.bidirectional
    for depth in range(module.num_layers):
        for order, direction in enumerate(directions):
            end = f"_l{depth}{direction}"
            mine = [one for one in weights if re.fullmatch(f"weight_(ih|hh){end}", one.tensor_name)]
            last = depth == module.num_layers - 1 and module.proj_size == 0
            yield Anatomy(
                "recurrent",
                "" if alone else end.lstrip("_"),
                "" if alone else type(module).__name__,
                units,
                -1 if last else None,
                tuple(mine),
                tuple(one for one in biases if re.fullmatch(f"bias_.h{end}", one.tensor_name)),
                (order * units, (order + 1) * units) if last and not alone else None,
                -1,
                _gates,
            )


def _gates(tensors: tuple[Tensor, ...], neurons: int) -> Tensor:
    # Rows of one gate stand together in torch; a hidden unit's filter is its row of each gate.
    parts = [one.reshape(-1, neurons, one.shape[-1]).transpose(0, 1).flatten(1) for one in tensors]
    return torch.cat(parts, dim=1)


@dataclass(frozen=True)
class _Transposed:
    groups: int

    def __call__(self, tensors: tuple[Tensor, ...], neurons: int) -> Tensor:
        weight = tensors[0]  # (in, out / groups, ...)
        grouped = weight.reshape(self.groups, weight.shape[0] // self.groups, weight.shape[1], -1)
        return grouped.transpose(1, 2).reshape(neurons, -1)


_TABLE: tuple[tuple[tuple[type, ...], Callable[[nn.Module, Pieces, Pieces], Anatomy]], ...] = (
    ((_ConvNd,), _convolution),
    ((nn.Linear, nn.Bilinear), _linear),
    ((_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm), _normalisation),
    ((nn.Embedding, nn.EmbeddingBag), _embedding),
    ((nn.RNNCellBase,), _cell),
)

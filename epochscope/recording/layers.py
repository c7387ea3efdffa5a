"""Finds the layers of a model, and what a neuron and a filter is in each of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from epochscope.recording.anatomy import Anatomy, Piece, describe_anatomy
from epochscope.recording.effective import effective_weights, is_parametrised

Models = nn.Module | Mapping[str, nn.Module]


@dataclass(frozen=True, eq=False)
class Layer:
    """A module (or part of one) with weights; `index` is its row in the table `layers`."""

    index: int
    name: str  # as in named_modules(); a dict's key is the prefix
    type: str
    module: nn.Module
    neurons: int | None  # None: layer statistics only
    neuron_axis: int | None  # of the tensor that `activation` returns
    weight_names: tuple[str, ...]  # as in the state_dict of the watched model(s)
    kind: str = "other"
    weights: tuple[Piece, ...] = ()
    biases: tuple[Piece, ...] = ()
    tap: nn.Module | None = None  # the module whose output holds the activation
    columns: tuple[int, int] | None = None  # of that output, where parts share one tap
    parametrised: bool = False
    tied_to: int | None = None  # index of the layer that records these weights
    parent: int | None = None
    anatomy: Anatomy = field(default_factory=Anatomy, repr=False)

    def on(self, other: "Layer") -> "Layer":
        """Return this layer as it stands in another model that is built alike."""
        return replace(self, module=other.module, tap=other.tap)

    def tensors(self) -> tuple[Tensor, ...]:
        """Return the effective weights as they are now, detached; views where possible."""
        if self.parametrised:
            names = dict.fromkeys(piece.tensor_name for piece in self.weights)
            return effective_weights(self.module, tuple(names))
        return tuple(piece.of(piece.parameter.detach()) for piece in self.weights)

    def arrange(self, tensors: tuple[Tensor, ...]) -> Tensor | None:
        """Return tensors shaped like `tensors()` as (neuron, fan_in); None without filters."""
        if self.neurons is None or not tensors:
            return None
        return self.anatomy.arrange(tensors, self.neurons)

    def filters(self) -> Tensor | None:
        """Return the effective weight as (neuron, fan_in), a view where possible."""
        return self.arrange(self.tensors())

    def gradient_filters(self) -> Tensor | None:
        """Return the gradient as (neuron, fan_in); None where absent or parametrised."""
        grads = [piece.parameter.grad for piece in self.weights]
        if self.parametrised or any(grad is None for grad in grads):
            return None
        pairs = zip(self.weights, grads, strict=True)
        return self.arrange(tuple(piece.of(grad) for piece, grad in pairs if grad is not None))

    def activation(self, output: object) -> Tensor | None:
        """Return this layer's activation out of what its tap module returned, if it is there."""
        while isinstance(output, tuple | list) and not isinstance(output, PackedSequence):
            if not output:
                return None
            output = output[0]
        if isinstance(output, PackedSequence):
            output = output.data
        if not isinstance(output, Tensor) or not output.is_floating_point():
            return None
        if self.neuron_axis == 1 and output.dim() == self.anatomy.spatial + 1:
            output = output.unsqueeze(0)  # one sample without its batch axis
        if self.columns is not None:
            output = output[..., slice(*self.columns)]
        return output


@dataclass(frozen=True, eq=False)
class Node:
    """A row of the table `layers`: a module of the tree, and its layer where it has weights."""

    index: int
    parent: int | None
    name: str
    type: str
    module: nn.Module
    layer: Layer | None
    tied_to: int | None


def find_layers(model: Models) -> tuple[Layer, ...]:
    """Find every layer of the model or models, in the order of definition."""
    return tuple(node.layer for node in find_nodes(model) if node.layer is not None)


def find_nodes(model: Models) -> tuple[Node, ...]:
    """Find the module tree: containers and layers, and the other names of shared modules."""
    tree = _Tree()
    for prefix, root in named_roots(model):
        skip: set[str] = set()
        for name, module in root.named_modules(prefix=prefix, remove_duplicate=False):
            if not any(name == one or name.startswith(f"{one}.") for one in skip):
                tree.add(name, module)
                if is_parametrised(module):
                    skip.add(f"{name}.parametrizations" if name else "parametrizations")
                if isinstance(module, nn.MultiheadAttention):
                    skip.add(f"{name}.out_proj" if name else "out_proj")
    return tuple(tree.nodes)


def named_roots(model: Models) -> Iterator[tuple[str, nn.Module]]:
    """Yield (prefix, module): ("", model), or the items of a dict of models."""
    if isinstance(model, nn.Module):
        yield "", model
    else:
        yield from model.items()


def original_type(module: nn.Module) -> str:
    """Return the class name, without the one that a parametrisation puts on top."""
    cls = type(module)
    return (cls.__mro__[1] if is_parametrised(module) else cls).__name__


class _Tree:
    """Grows the rows of the module tree; remembers whose weights were seen."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._names: dict[str, int] = {}
        self._modules: dict[int, int] = {}
        self._weights: dict[tuple[int, int, int], int] = {}

    def add(self, name: str, module: nn.Module) -> None:
        parent = self._parent(name)
        if id(module) in self._modules:  # a shared module under another name
            first = self._modules[id(module)]
            self._append(name, parent, original_type(module), module, tied_to=first)
            return
        parts = describe_anatomy(module)
        alone = len(parts) == 1 and not parts[0].name
        if not alone:
            self._modules[id(module)] = self._append(name, parent, original_type(module), module)
            parent = self._modules[id(module)]
        for anatomy in parts:
            part = ".".join(filter(None, (name, anatomy.name)))
            index = self._layer(part, parent, module, anatomy)
            if alone:
                self._modules[id(module)] = index

    def _layer(self, name: str, parent: int | None, module: nn.Module, anatomy: Anatomy) -> int:
        index = len(self.nodes)
        keys = [piece.key for piece in anatomy.weights]
        owners = {self._weights.get(key) for key in keys}
        tied = owners.pop() if len(owners) == 1 else None
        for key in keys:
            self._weights.setdefault(key, index)
        owner = name.removesuffix(anatomy.name).rstrip(".")
        layer = Layer(
            index,
            name,
            anatomy.type or original_type(module),
            module,
            anatomy.neurons,
            anatomy.neuron_axis,
            tuple(".".join(filter(None, (owner, piece.name))) for piece in anatomy.weights),
            kind=anatomy.kind,
            weights=anatomy.weights,
            biases=anatomy.biases,
            tap=module if anatomy.neuron_axis is not None else None,
            columns=anatomy.columns,
            parametrised=is_parametrised(module),
            tied_to=tied,
            parent=parent,
            anatomy=anatomy,
        )
        return self._append(name, parent, layer.type, module, layer=layer, tied_to=tied)

    def _append(
        self,
        name: str,
        parent: int | None,
        type_: str,
        module: nn.Module,
        *,
        layer: Layer | None = None,
        tied_to: int | None = None,
    ) -> int:
        index = len(self.nodes)
        self.nodes.append(Node(index, parent, name, type_, module, layer, tied_to))
        self._names.setdefault(name, index)
        return index

    def _parent(self, name: str) -> int | None:
        while name:
            name = name.rpartition(".")[0]
            if name in self._names:
                return self._names[name]
        return None


def check_initialised(model: Models) -> None:
    """Raise ValueError where a lazy module has no weights yet."""
    for prefix, root in named_roots(model):
        for name, parameter in root.named_parameters(prefix=prefix):
            if isinstance(parameter, nn.parameter.UninitializedParameter):
                raise ValueError(
                    f"Parameter {name!r} of {type(root).__name__!r} has no shape yet; "
                    "run one forward pass before making the Recorder."
                )


def unique_parameters(layers: tuple[Layer, ...]) -> tuple[Tensor, ...]:
    """Return the parameters of all layers, each once."""
    seen = {id(p.parameter): p.parameter for one in layers for p in (*one.weights, *one.biases)}
    return tuple(seen.values())

"""Taps the activations of a model's layers during one forward pass, with their gradient edges."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._C._functorch import is_functorch_wrapped_tensor
from torch.autograd.graph import GradientEdge, get_gradient_edge
from torch.nn.utils.rnn import PackedSequence
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from epochscope.recording.graph_operations import ACTIVATIONS, PASSING_FUNCTIONS
from epochscope.recording.layers import Layer


class Value:
    """One tensor at one moment: its values, and its place in the autograd graph."""

    def __init__(self, tensor: Tensor, keep: bool) -> None:
        self._seen, self._version = tensor.detach(), tensor._version
        self._kept = self._seen.clone() if keep else None
        self.edge: GradientEdge | None = get_gradient_edge(tensor) if tensor.requires_grad else None

    @property
    def values(self) -> Tensor:
        """The values at that moment, unless they were overwritten."""
        return self._seen if self._kept is None else self._kept

    @property
    def touched(self) -> bool:
        """Tell whether an in-place operation has changed the tensor since."""
        return self._seen._version != self._version

    @property
    def overwritten(self) -> bool:
        """Tell whether the values are lost by that."""
        return self._kept is None and self.touched


@dataclass
class Unit:
    """One call of a layer, with the activation that follows it: before and after."""

    layer: Layer
    owners: Tensor | None  # sample of each row, where rows are not samples (packed sequences)
    before: Value
    after: Value | None = None
    activation: str = ""  # the function's name, "" where none follows

    @property
    def tap(self) -> Value:
        """The output of the last activation, else of the layer itself."""
        return self.after or self.before


class Taps(TorchFunctionMode):
    """Notes each layer's output and the activation that follows, by following the tensors."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.units: list[Unit] = []
        self._on_before: Callable[[Unit], None] | None = None  # None: not listening
        # Layers whose values are cloned, as they would be overwritten: all, until one batch is seen.
        self._keep = {layer.index for layer in layers}
        self._fresh = True
        self._follows: dict[int, list[Unit]] = {}
        self._held: list[Tensor] = []  # so that no id is used twice
        self._layers: dict[nn.Module, list[Layer]] = {}
        for layer in layers:
            if layer.tap is not None and layer.neurons and layer.neuron_axis is not None:
                self._layers.setdefault(layer.tap, []).append(layer)
        self._handles: list[RemovableHandle] = []

    def add(self) -> None:
        """Put a hook on every tapped module."""
        for module in self._layers:
            self._handles.append(module.register_forward_hook(self._hook))

    def remove(self) -> None:
        """Take all hooks away."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    @contextmanager
    def listen(self, on_before: Callable[[Unit], None]) -> Iterator[None]:
        """Fill `units` during one forward pass; on_before sees each before it is overwritten."""
        self._on_before = on_before
        try:
            with torch.inference_mode(False), torch.enable_grad():
                yield
        finally:
            self._on_before = None
            self.units, self._held, self._follows = [], [], {}

    def settle(self) -> None:
        """Learn from the units of a finished pass which values must be cloned."""
        touched = {unit.layer.index for unit in self.units if unit.tap.touched}
        self._keep = touched if self._fresh else self._keep | touched
        self._fresh = False

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Carry units on from arguments to results of activations, norms and dropout."""
        name = getattr(func, "__name__", "").rstrip("_")
        units = self._follows.get(id(args[0])) if args else None
        shape = args[0].shape if units else None
        result = func(*args, **(kwargs or {}))
        if units and isinstance(result, Tensor) and result.shape == shape:
            if name in ACTIVATIONS:
                for unit in units:
                    unit.after = Value(result, unit.layer.index in self._keep)
                    unit.activation = name
            if name in ACTIVATIONS or name in PASSING_FUNCTIONS:
                self._follow(result, units)
            elif result is args[0]:
                del self._follows[id(result)]  # something else was written into it
        return result

    def _hook(self, module: nn.Module, args: Any, output: Any) -> Any:
        if self._on_before is None:
            return None
        raw, owners = _first_tensor(output)
        if raw is None or not raw.is_floating_point() or is_functorch_wrapped_tensor(raw):
            return None
        replaced = None
        if raw is output and not raw.requires_grad and torch.is_grad_enabled():
            # Below a frozen layer autograd would have nothing to follow.
            raw = replaced = raw.detach().requires_grad_().clone()
        units = []
        for layer in self._layers[module]:
            unit = Unit(layer, owners, Value(raw, layer.index in self._keep))
            units.append(unit)
            self._on_before(unit)
        self.units += units
        self._follow(raw, [*self._follows.get(id(raw), ()), *units])
        return replaced

    def _follow(self, tensor: Tensor, units: list[Unit]) -> None:
        self._follows[id(tensor)] = units
        self._held.append(tensor)


class BackwardHooksLifted:
    """Keeps the models' backward hooks from firing: these gradients are not of the training."""

    def __init__(self, roots: Iterable[nn.Module]) -> None:
        self._modules = [module for root in roots for module in root.modules()]
        self._hooks: list[Any] = []

    def __enter__(self) -> None:
        for module in self._modules:
            self._hooks.append((module._backward_hooks, module._backward_pre_hooks))
            module._backward_hooks, module._backward_pre_hooks = OrderedDict(), OrderedDict()

    def __exit__(self, *_: object) -> None:
        for module, hooks in zip(self._modules, self._hooks, strict=True):
            module._backward_hooks, module._backward_pre_hooks = hooks


def _first_tensor(output: Any) -> tuple[Tensor | None, Tensor | None]:
    # The activation in what a module returned; for packed sequences also each row's sample.
    while isinstance(output, tuple | list) and not isinstance(output, PackedSequence):
        if not output:
            return None, None
        output = output[0]
    if isinstance(output, PackedSequence):
        order = output.sorted_indices
        if order is None:
            order = torch.arange(int(output.batch_sizes[0]), device=output.data.device)
        return output.data, torch.cat([order[: int(n)] for n in output.batch_sizes])
    return (output, None) if isinstance(output, Tensor) else (None, None)

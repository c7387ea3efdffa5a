"""Hooks on modules, optimizers and parameters: a copied model is not the one that is recorded."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

Receiver = Callable[..., None]


class Tap:
    """A hook that hands what it sees to a receiver and never changes anything.

    It is a module-level class whose copies and pickles come without the receiver, so that
    copy.deepcopy(model) and pickle.dumps(model) work while it is attached.
    """

    __slots__ = ("_key", "_receive")

    def __init__(self, receive: Receiver | None = None, key: object = None) -> None:
        """Hand (key, *what the hook was called with) to `receive`."""
        self._receive = receive
        self._key = key

    def __call__(self, *seen: object) -> None:
        """Hand over what is seen, but not while a compiler or a transform traces."""
        if self._receive is not None and not _traced():
            self._receive(self._key, *seen)

    def __reduce__(self) -> tuple[type["Tap"], tuple[()]]:
        """Copy and pickle as a tap without a receiver."""
        return Tap, ()


def _traced() -> bool:
    functorch: Any = torch._C._functorch
    return torch.compiler.is_compiling() or functorch.peek_interpreter_stack() is not None


class Taps:
    """The hooks that are attached now; all of them go at once."""

    def __init__(self) -> None:
        """Start with none."""
        self._handles: list[RemovableHandle] = []

    def __len__(self) -> int:
        """Return how many hooks are attached."""
        return len(self._handles)

    def on_output(self, module: nn.Module, receive: Receiver, key: object) -> None:
        """Call receive(key, module, args, output) after each forward of the module."""
        self._handles.append(module.register_forward_hook(Tap(receive, key)))

    def on_input(self, module: nn.Module, receive: Receiver, key: object) -> None:
        """Call receive(key, module, args, kwargs) before each forward of the module."""
        self._handles.append(module.register_forward_pre_hook(Tap(receive, key), with_kwargs=True))

    def on_update(self, optimizer: torch.optim.Optimizer, receive: Receiver, key: object) -> None:
        """Call receive(key, optimizer, args, kwargs) before each step of the optimizer."""
        self._handles.append(optimizer.register_step_pre_hook(Tap(receive, key)))

    def on_gradients(self, parameters: Iterable[Tensor], receive: Receiver) -> None:
        """Call receive(None, parameter) whenever its gradient was accumulated."""
        for one in parameters:
            if one.requires_grad and one.is_leaf:
                self._handles.append(one.register_post_accumulate_grad_hook(Tap(receive)))

    def remove(self) -> None:
        """Take every hook away."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

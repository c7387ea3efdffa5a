"""Runs a model aside from its training: on a copy without hooks, with every random state put back."""

import copy
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


@contextmanager
def randomness_kept() -> Iterator[None]:
    """Put the random states of torch, CUDA, numpy and Python back as they were."""
    numpy = sys.modules.get("numpy")
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    cpu, python = torch.get_rng_state(), random.getstate()
    drawn = numpy.random.get_state() if numpy else None
    try:
        yield
    finally:
        torch.set_rng_state(cpu)
        random.setstate(python)
        if numpy:
            numpy.random.set_state(drawn)
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)


@contextmanager
def copy_for_tracing(model: nn.Module) -> Iterator[nn.Module]:
    """Give a twin of `model` in train mode, without hooks; the parameters are shared.

    Tracing runs `forward` and may leave fake tensors in attributes and counts in buffers: never
    in the user's model. One that cannot be copied is lent itself and put back afterwards.
    """
    model = getattr(model, "_orig_mod", model)  # what torch.compile wraps
    shared = {id(parameter): parameter for parameter in model.parameters()}
    try:
        twin = copy.deepcopy(model, dict(shared))
    except Exception:  # noqa: BLE001 - attributes of any kind: locks, generators, tensors with a graph
        with _lent(model):
            yield model
        return
    _prepare(twin)
    yield twin


def _prepare(model: nn.Module) -> None:
    for module in model.modules():
        for name in _HOOKS:
            hooks = getattr(module, name)
            for key in [key for key, hook in hooks.items() if not _computes_weights(hook)]:
                del hooks[key]
    if not model.training:  # where some parts are in eval mode on purpose, they stay so
        model.train()


@contextmanager
def _lent(model: nn.Module) -> Iterator[None]:
    before = [(module, _shallow(module)) for module in model.modules()]
    for module, _ in before:
        module._buffers.update(
            {k: b if b is None else b.clone() for k, b in module._buffers.items()}
        )
    _prepare(model)
    try:
        yield
    finally:
        for module, attributes in before:
            module.__dict__.clear()
            module.__dict__.update(attributes)


def _shallow(module: nn.Module) -> dict[str, object]:
    return {
        name: copy.copy(value) if isinstance(value, (dict, list, set)) else value
        for name, value in module.__dict__.items()
    }


def _computes_weights(hook: object) -> bool:
    # The old weight_norm and spectral_norm are hooks without which `weight` does not exist.
    return type(hook).__module__.startswith("torch.nn.utils")


def ambient_autocast() -> dict[str, object] | None:
    """Describe the mixed precision that is on around the caller, None where it is off."""
    for device in ("cuda", "cpu"):
        if torch.is_autocast_enabled(device):
            dtype = str(torch.get_autocast_dtype(device)).removeprefix("torch.")
            return {"device": device, "dtype": dtype, "enabled": True}
    return None

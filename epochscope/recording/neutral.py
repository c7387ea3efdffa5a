"""Leaves no trace of a pass through the model: random states, modes and buffers stay."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from epochscope.recording.isolation import randomness_kept


@contextmanager
def nothing_changes(roots: Iterable[nn.Module], loader: object = None) -> Iterator[None]:
    """Put random states, train or eval modes and buffers back, as they were before.

    The generators of a loader and of its sampler count as random states too.
    """
    modules = [one for root in roots for one in root.modules()]
    modes = [(one, one.training) for one in modules]
    buffers = [(one, one._version, one.detach().clone()) for one in _buffers(modules)]
    generators = [(one, one.get_state()) for one in _generators(loader)]
    try:
        with randomness_kept():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        for generator, state in generators:
            generator.set_state(state)
        with torch.no_grad():
            for buffer, version, content in buffers:
                if buffer._version != version:
                    buffer.copy_(content)


def _buffers(modules: Iterable[nn.Module]) -> list[torch.Tensor]:
    return [b for module in modules for b in module._buffers.values() if b is not None]


def _generators(loader: object) -> list[torch.Generator]:
    owners = [loader, getattr(loader, "sampler", None), getattr(loader, "batch_sampler", None)]
    found = {id(one): one for one in (getattr(owner, "generator", None) for owner in owners)}
    return [one for one in found.values() if isinstance(one, torch.Generator)]

"""The weight a parametrised layer computes with: weight norm, spectral norm and their kind."""

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


def is_parametrised(module: nn.Module) -> bool:
    """Return whether torch.nn.utils.parametrize changed any tensor of the module."""
    return parametrize.is_parametrized(module)


@torch.no_grad()
def effective_weights(module: nn.Module, names: tuple[str, ...]) -> tuple[Tensor, ...]:
    """Return the named weights a forward pass would use; power iterations do not advance."""
    parametrizations = module.parametrizations
    assert isinstance(parametrizations, nn.Module)
    modes = [(one, one.training) for one in parametrizations.modules()]
    try:
        for one, _ in modes:
            one.training = False  # spectral norm iterates in train mode and changes its buffers
        return tuple(getattr(module, name).detach() for name in names)
    finally:
        for one, mode in modes:
            one.training = mode

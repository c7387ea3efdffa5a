"""Networks of the sizes that the promises name."""

import torch
from torch import Tensor, nn

SIZES = {"0.1 M": 1, "2 M": 2, "25 M": 3}


def build_network(size: str) -> tuple[nn.Module, Tensor]:
    """Return a network of about `size` weights and a small batch for it."""
    torch.manual_seed(0)
    if size == "0.1 M":
        return _build_convolutions((16, 32, 64, 80)), torch.randn(8, 3, 32, 32)
    if size == "2 M":
        return _build_convolutions((64, 128, 256, 256, 256, 128)), torch.randn(4, 3, 32, 32)
    return _build_convolutions((64, 128, 256, 512, 512, 512, 512, 1024, 1024)), torch.randn(
        2, 3, 32, 32
    )


def _build_convolutions(channels: tuple[int, ...]) -> nn.Module:
    layers: list[nn.Module] = []
    before = 3
    for index, size in enumerate(channels):
        layers += [nn.Conv2d(before, size, 3, padding=1, bias=False), nn.BatchNorm2d(size)]
        layers += [nn.ReLU()]
        if index < 4:
            layers.append(nn.MaxPool2d(2))
        before = size
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * 4, 10))

"""Keeps, for every neuron, the images that activate it most."""

import torch
from torch import Tensor

COUNT = 5  # images per neuron


class BestImages:
    """The images with the largest activations of each neuron: one position per image."""

    def __init__(self, neurons: int) -> None:
        places = torch.empty(neurons, 0, dtype=torch.long)
        self._values = torch.empty(neurons, 0)
        self._places = (places, places, places)  # image, row, column

    def add(self, values: Tensor, images: Tensor, width: int) -> None:
        """Add activations (image, neuron, position), position = row × width + column.

        NaN is never best; ties go to the lower image.
        """
        raw = values.detach().float()
        highest, positions = raw.max(2)
        if highest.isnan().any():
            highest, positions = torch.where(raw.isnan(), -torch.inf, raw).max(2)
        positions = positions.T.cpu()
        new = (images[None, :].expand_as(positions), positions // width, positions % width)
        self._keep(
            torch.cat([self._values, highest.T.cpu()], 1),
            [torch.cat(pair, 1) for pair in zip(self._places, new, strict=True)],
        )

    def tensors(self) -> dict[str, Tensor]:
        """Return value, image, row and column, each (neuron, up to 5), best first."""
        image, row, column = (place.int() for place in self._places)
        parts = {"value": self._values, "image": image, "row": row, "column": column}
        return {f"best_{name}": tensor.contiguous() for name, tensor in parts.items()}

    def _keep(self, values: Tensor, places: list[Tensor]) -> None:
        # By image, then stably by value: equal values stay in the order of their images.
        kept = _ordered([values, *places], by=places[0])
        kept = _ordered(kept, by=-kept[0])
        again = _repeated(kept[1])
        distinct = int((~again).sum(1).min())
        kept = _ordered(kept, by=again.int())
        self._values, *rest = (one[:, : min(COUNT, distinct)].clone() for one in kept)
        self._places = (rest[0], rest[1], rest[2])


def _ordered(tensors: list[Tensor], by: Tensor) -> list[Tensor]:
    order = by.argsort(dim=1, stable=True)
    return [tensor.gather(1, order) for tensor in tensors]


def _repeated(images: Tensor) -> Tensor:
    # True where the same image stands further left in the row.
    order = images.argsort(dim=1, stable=True)
    ordered = images.gather(1, order)
    again = torch.zeros_like(images, dtype=torch.bool)
    again[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    return torch.zeros_like(again).scatter(1, order, again)

"""Keeps, for every neuron, the images that activate it most."""

import torch
from torch import Tensor

COUNT = 5  # images per neuron


class BestImages:
    """The images with the largest activations of each neuron: one position per image."""

    def __init__(self, neurons: int) -> None:
        self._values = torch.empty(neurons, 0)
        self._images = torch.empty(neurons, 0, dtype=torch.long)
        self._positions = torch.empty(neurons, 0, dtype=torch.long)

    def add(self, values: Tensor, images: Tensor) -> None:
        """Add activations (image, neuron, position); NaN never is best, ties go to lower images."""
        raw = values.detach().float()
        highest, positions = torch.where(raw.isnan(), -torch.inf, raw).max(2)
        neurons = self._values.shape[0]
        shown = images[None, :].expand(neurons, -1)
        self._keep(
            torch.cat([self._values, highest.T.cpu()], 1),
            torch.cat([self._images, shown], 1),
            torch.cat([self._positions, positions.T.cpu()], 1),
        )

    def tensors(self, width: int) -> dict[str, Tensor]:
        """Return value, image, row and column, each (neuron, up to 5), best first."""
        wide = max(width, 1)
        return {
            "best_value": self._values.contiguous(),
            "best_image": self._images.int().contiguous(),
            "best_row": (self._positions // wide).int().contiguous(),
            "best_column": (self._positions % wide).int().contiguous(),
        }

    def _keep(self, values: Tensor, images: Tensor, positions: Tensor) -> None:
        # By image, then stably by value: equal values stay in the order of their images.
        order = images.argsort(dim=1, stable=True)
        values, images, positions = (t.gather(1, order) for t in (values, images, positions))
        order = values.argsort(dim=1, descending=True, stable=True)
        values, images, positions = (t.gather(1, order) for t in (values, images, positions))
        if images.shape[1] > 1:
            repeated = _repeated(images)
            order = repeated.int().argsort(dim=1, stable=True)
            fresh = (~repeated).sum(1).min()
            values, images, positions = (
                t.gather(1, order)[:, :fresh] for t in (values, images, positions)
            )
        self._values, self._images, self._positions = (
            t[:, :COUNT].clone() for t in (values, images, positions)
        )


def _repeated(images: Tensor) -> Tensor:
    # True where the same image stands further left in the row.
    order = images.argsort(dim=1, stable=True)
    ordered = images.gather(1, order)
    again = torch.zeros_like(images, dtype=torch.bool)
    again[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    return torch.zeros_like(again).scatter(1, order, again)

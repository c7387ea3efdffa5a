"""Sums up what each neuron of a layer did over a snapshot's pass, class by class."""

import torch
from torch import Tensor

from epochscope.recording.snapshot_best import BestImages
from epochscope.recording.snapshot_layout import Activations

CLASS_ENTRIES = 1 << 24  # classes × neurons above which a layer keeps no class tables

Named = dict[str, Tensor]


class NeuronTotals:
    """Running totals of one layer, in float64 on the CPU; memory is classes × neurons."""

    def __init__(self, neurons: int, classes: int) -> None:
        self.classes = classes if classes * neurons <= CLASS_ENTRIES else 0
        shape = (self.classes, neurons)
        self._count = torch.zeros(self.classes, dtype=torch.float64)
        self._before, self._before_count = torch.zeros(shape).double(), self._count.clone()
        self._sum, self._squares = torch.zeros(shape).double(), torch.zeros(shape).double()
        self._contribution, self._contributed = torch.zeros(shape).double(), self._count.clone()
        self._values = torch.zeros(neurons, dtype=torch.float64)
        self._finite, self._positive = self._values.clone(), self._values.clone()
        self._max = torch.full((neurons,), -torch.inf)
        self._min = torch.full((neurons,), torch.inf)
        self._total = 0
        self.best = BestImages(neurons)

    def add_before(self, found: Activations, classes: Tensor | None) -> None:
        """Add activations before the non-linearity; classes (sample,), -1 or above: none."""
        if classes is not None and self.classes:
            self._add(self._before, self._before_count, found.means(), classes)

    def add(self, found: Activations, classes: Tensor | None, images: Tensor | None) -> None:
        """Add activations of the unit; images (sample,) numbers the samples."""
        self._add_values(found.flat())
        if classes is not None and self.classes:
            means = found.means()
            self._add(self._sum, self._count, means, classes)
            self._add(self._squares, None, means * means, classes)
        if images is not None:
            self.best.add(found.values, images, found.width)

    def add_contribution(self, found: Activations, gradients: Tensor, classes: Tensor) -> None:
        """Add |activation × gradient of the label's logit|, gradients laid out alike."""
        if self.classes:
            products = found.means(times=gradients)
            self._add(self._contribution, self._contributed, products, classes)

    def tensors(self) -> Named:
        """Return the results by name, float32 or integers."""
        seen = torch.where(self._finite > 0, 1.0, torch.nan).double()
        found = {
            "mean": self._values / self._finite * seen,
            "share": self._positive / max(self._total, 1),
            "maximum": self._max * seen,
            "minimum": self._min * seen,
        }
        if self.classes:
            found |= self._class_tables()
        named = {name: tensor.float() for name, tensor in found.items()}
        if self.classes:
            named["class_count"] = self._count.long()
        return named | self.best.tensors()

    def _class_tables(self) -> Named:
        means = self._sum / self._count[:, None]
        found = {"separation": self._separation(means)}
        if self._count.any():
            found["class_mean_after"] = means
        if self._before_count.any():
            found["class_mean_before"] = self._before / self._before_count[:, None]
        if self._contributed.any():
            found["contribution"] = self._contribution / self._contributed[:, None]
        return found

    def _separation(self, means: Tensor) -> Tensor:
        # Weighted with the classes' shares, these add up to between- minus within-class variance.
        within = (self._squares / self._count[:, None] - means * means).clamp(min=0)
        overall = self._sum.sum(0) / self._count.sum()
        return (means - overall) ** 2 - within

    def _add_values(self, flat: Tensor) -> None:
        lowest, highest = (one.float().cpu() for one in flat.aminmax(dim=1))
        self._total += flat.shape[1]
        self._positive += (flat > 0).sum(1).cpu()
        self._finite += flat.shape[1]
        if not (lowest.isfinite().all() and highest.isfinite().all()):
            finite = flat.isfinite()
            self._positive -= (flat == torch.inf).sum(1).cpu()
            self._finite -= (~finite).sum(1).cpu()
            highest = torch.where(finite, flat, -torch.inf).amax(1).float().cpu()
            lowest = torch.where(finite, flat, torch.inf).amin(1).float().cpu()
            flat = torch.where(finite, flat, 0)
        self._values += flat.sum(1, dtype=torch.float32).cpu().double()
        self._max, self._min = torch.maximum(self._max, highest), torch.minimum(self._min, lowest)

    def _add(self, into: Tensor, count: Tensor | None, rows: Tensor, classes: Tensor) -> None:
        known = (classes >= 0) & (classes < self.classes)
        into.index_add_(0, classes[known], rows[known])
        if count is not None:
            count += torch.bincount(classes[known], minlength=self.classes)

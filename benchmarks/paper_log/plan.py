"""How large a paper-scale log is, when it is recorded, and where its learning rate drops."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

IMAGES = 50  # of each class
WIDTHS = (64, 128, 256, 512)  # of the bottlenecks of layer1 to layer4
EXPANSION = 4
BLOCKS = (3, 4, 6, 3)
_FEWEST_STEPS, _FEWEST_CLASSES, _FEWEST_FILTERS = 120, 24, 8
# Three filters are the top 1 % of a layer only where it has 300 or more: one width stays as large.
_FEWEST_OF_LAYER2 = 320


@dataclass(frozen=True)
class Plan:
    """What the command line decides."""

    seed: int = 7
    fraction: float = 1.0  # of the paper's classes, filters and steps
    plants: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be written."""
        if not 0 < self.fraction <= 1:
            raise ValueError(f"the fraction is over 0 and at most 1, got {self.fraction!r}")

    @cached_property
    def recorded(self) -> int:
        """Count the recorded, which are the validated, steps."""
        return max(_FEWEST_STEPS, round(750 * self.fraction))

    @cached_property
    def every(self) -> int:
        """Count the training steps from one recorded step to the next."""
        return max(100, round(1_600 * self.fraction))

    @cached_property
    def total_steps(self) -> int:
        """Count the training steps."""
        return self.recorded * self.every

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """The recorded steps, step 0 among them: (recorded,)."""
        return np.arange(self.recorded, dtype=np.int64) * self.every

    @cached_property
    def classes(self) -> int:
        """Count the classes."""
        return max(_FEWEST_CLASSES, round(1_000 * self.fraction))

    @cached_property
    def drops(self) -> tuple[int, ...]:
        """The training steps after which the learning rate is another one; the seed moves them."""
        rng = np.random.default_rng((self.seed, 1))
        shares = np.array((0.36, 0.66, 0.85)) + rng.uniform(-0.015, 0.015, 3)
        return tuple(int(step) for step in (shares * self.total_steps).round())

    @cached_property
    def learning_rates(self) -> tuple[float, ...]:
        """The rate of each stage: a tenth of the one before it, or nearly the same."""
        factor = 0.1 if self.plants else 0.9
        return tuple(round(0.8 * factor**stage, 6) for stage in range(4))

    @cached_property
    def stages(self) -> NDArray[np.int64]:
        """The stage of each recorded step: (recorded,)."""
        return np.searchsorted(self.drops, self.steps, side="left")

    def scale_width(self, module: int) -> int:
        """Return the filters of the bottlenecks of layer1 to layer4, and of the stem as of layer1."""
        return self._scale(WIDTHS[module - 1], _FEWEST_FILTERS)

    def scale_output(self, module: int) -> int:
        """Return the filters at the end of each block of layer1 to layer4."""
        fewest = _FEWEST_OF_LAYER2 if module == 2 else _FEWEST_FILTERS
        return self._scale(WIDTHS[module - 1] * EXPANSION, fewest)

    def _scale(self, filters: int, fewest: int) -> int:
        return max(fewest, round(filters * self.fraction))

"""Small coloured pictures that stand in for CIFAR-10 where it is not at hand."""

import numpy as np
import torch

from demo.images import Images

NAMES = ("red", "green", "blue")


def make_pictures(count, rng):
    """Pictures of which one half is tinted as their class says, some of them faintly."""
    labels = torch.from_numpy(rng.integers(0, len(NAMES), count))
    pixels = torch.from_numpy(rng.random((count, 3, 32, 32), dtype=np.float32)) / 2
    tint = torch.from_numpy(rng.uniform(0.02, 0.3, count).astype(np.float32))
    pixels[torch.arange(count), labels, :, :16] += tint[:, None, None]
    return Images(pixels, labels, NAMES)

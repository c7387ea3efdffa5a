"""Reads which images have a picture, and which picture stands for a class."""

import numpy as np
from numpy.typing import NDArray

from data.images import read_places
from data.run_files import RunFiles


def read_pictured(run: RunFiles) -> NDArray[np.int32]:
    """Read the numbers of the images that have a picture, in order: (picture,)."""
    return run.remember("pictured", lambda: run.fetch("pictured", "thumbnails")["image"].to_numpy())


def read_class_icons(run: RunFiles) -> dict[int, int]:
    """Read the image that stands for each class: its first that has a picture."""
    return run.remember("class icons", lambda: _read_class_icons(run))


def _read_class_icons(run: RunFiles) -> dict[int, int]:
    places = read_places(run)
    classes, images = places["class"].to_numpy(), places["image"].to_numpy()
    pictured = np.isin(images, read_pictured(run))
    found, first = np.unique(classes[pictured], return_index=True)
    return dict(zip(found.tolist(), images[pictured][first].tolist(), strict=True))

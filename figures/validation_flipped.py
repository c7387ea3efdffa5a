"""What the browser gets of the images that flipped at a step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FlippedImage:
    """An image that turned right or wrong, and the labels it was given before and there."""

    image: int
    id: str
    pictured: bool
    learned: bool
    before: str | None  # None where the labels are not recorded
    after: str | None


@dataclass(frozen=True)
class ClassFlips:
    """The images of a class that flipped at a step of one run."""

    row: int
    name: str
    run: str
    count: int  # of them all
    images: tuple[FlippedImage, ...]  # as many as are shown


def draw_flipped(step: int, found: Sequence[ClassFlips]) -> dict[str, Any]:
    """List the flips of each class, to be shown as pictures."""
    return {
        "step": step,
        "classes": [
            {
                "row": each.row,
                "name": each.name,
                "run": each.run,
                "count": each.count,
                "images": [vars(image) for image in each.images],
            }
            for each in found
        ],
    }

"""Loads the images that flipped at several steps, as many as can be looked at."""

from collections.abc import Sequence
from typing import Any

from callbacks.anomalies import AnomalySettings
from callbacks.validation_flipped import load_flipped
from figures.validation_flipped import ClassFlips

STEPS = 8
_FAR = 10**15


def load_flipped_of(
    names: Sequence[str], pinned: Sequence[Sequence[Any]], settings: AnomalySettings
) -> list[tuple[int, list[ClassFlips]]]:
    """Load the flips of the classes of each pinned step: pinned holds [step, [row, …]] each.

    Beyond eight steps the rest is left out; what is no step and no row likewise, as it may come
    from a link.
    """
    found = []
    for step, rows in pinned[:STEPS]:
        if isinstance(step, int) and 0 <= step < _FAR:
            wanted = [row for row in rows if isinstance(row, int) and row >= 0]
            found.append((step, load_flipped(names, step, wanted, settings)))
    return found

"""Which class of which run stands in which row, so that runs can be read side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNKNOWN_ROW = 1_000_000  # labels of no row: this plus the label


@dataclass(frozen=True)
class ClassRow:
    """One row: its id in links, its name, and the class that each run shows there."""

    row: int
    name: str
    classes: tuple[int | None, ...]  # (run,) class ids; None where the run has no such class


def align_classes(names: Sequence[Sequence[str]]) -> list[ClassRow]:
    """Give every class name of any run one row: the first run's classes, then the new ones.

    names holds the class names of each run, by class id. A row of the first run has its class id;
    rows that only later runs have follow, in the order of the runs. Of a name that a run gives to
    several classes, each has a row of its own, met in order.
    """
    rows: dict[tuple[str, int], list[int | None]] = {}
    for run, found in enumerate(names):
        seen: dict[str, int] = {}
        for class_, name in enumerate(found):
            time = seen[name] = seen.get(name, -1) + 1
            rows.setdefault((name, time), [None] * len(names))[run] = class_
    return [
        ClassRow(row, name, tuple(classes)) for row, ((name, _), classes) in enumerate(rows.items())
    ]


def label_rows(predicted: NDArray[np.integer], classes: Sequence[int | None]) -> NDArray[np.int32]:
    """Replace each label by the row of its class; classes holds the class id of each row.

    A label of no row becomes 1,000,000 and itself; -1 stays.
    """
    rows = {class_: row for row, class_ in enumerate(classes) if class_ is not None}
    labels, places = np.unique(predicted, return_inverse=True)
    found = [-1 if label < 0 else rows.get(label, UNKNOWN_ROW + label) for label in labels.tolist()]
    return np.array(found, dtype=np.int32)[places].reshape(predicted.shape)

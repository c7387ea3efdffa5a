"""Which class of which run stands in which row, so that runs can be read side by side."""

from collections.abc import Sequence
from dataclasses import dataclass


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

"""Lists the marked filters of every layer of a run, for the panel."""

from functools import lru_cache
from typing import Any

import numpy as np

from callbacks.layers_filters_candidates import Range, list_layers
from callbacks.layers_filters_marks import load_marks
from data.store import open_run
from figures.layers_filters import MARKS

Payload = dict[str, Any]


def load_lists(name: str, range_: Range) -> Payload:
    """List layers and filters by mark: {run, marks: {mark: [[layer, [filter, …]], …]}}."""
    run = open_run(name)
    return {"run": name, "marks": _lists(name, run.version, range_)}


@lru_cache(maxsize=16)
def _lists(name: str, version: str, range_: Range) -> dict[str, list[tuple[str, list[int]]]]:
    run = open_run(name)
    lists: dict[str, list[tuple[str, list[int]]]] = {mark: [] for mark in MARKS}
    for row in list_layers(run):
        marks = load_marks(run, row.name, range_)
        for mark in MARKS:
            found = np.flatnonzero(getattr(marks, mark)).tolist()
            if found:
                lists[mark].append((row.name, found))
    return lists

"""Lays rows of class results, one per class and step, out as matrices of classes and steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from data.arrays import Steps

Ints = NDArray[np.integer]

_SHORT = 16  # where pieces have fewer rows than this on average, rows are placed one by one


@dataclass(frozen=True)
class _Part:
    rows: slice | Ints
    cells: tuple[Any, ...]  # of the matrix: slices or places
    shape: tuple[int, ...]  # of these rows, as many classes and steps, or as they come


class ClassGrid:
    """Where the rows of a table lie in matrices of (class, step); rows of other classes nowhere.

    To place rows one by one takes longer than to read them. Compaction sorts by class, then step,
    and most often every class has all the steps of a file: such rows are copied as a block.
    """

    def __init__(
        self, table: pa.Table, class_ids: NDArray[np.integer], steps: Steps | None = None
    ) -> None:
        """Find the places of rows by their columns class and step.

        class_ids and steps ascend; where steps are not given, they are those of the rows.
        """
        self._class_ids = class_ids
        classes, at = table["class"].to_numpy(), table["step"].to_numpy()
        pieces = list(_cut(classes, at))
        if steps is None:
            found = [at[rows] if block is None else block[1] for rows, block in pieces]
            steps = np.unique(np.concatenate([at[:0], *found]))
        self.steps: Steps = steps
        self._shape = len(class_ids), len(steps)
        self._parts = [
            (None if block is None else self._place_block(rows, *block))
            or self._place_rows(rows, classes[rows], at[rows])
            for rows, block in pieces
        ]

    @cached_property
    def covered(self) -> NDArray[np.bool_]:
        """Which cells have a row, (class, step)."""
        found = np.zeros(self._shape, np.bool_)
        for part in self._parts:
            found[part.cells] = True
        return found

    def spread(
        self, values: NDArray[Any], fill: float, type_: DTypeLike | None = None
    ) -> NDArray[Any]:
        """Return values of the rows, (row, …), as (class, step, …); `fill` where there is no row.

        They keep their type where none is given.
        """
        inner = values.shape[1:]
        matrix = np.empty((*self._shape, *inner), type_ or values.dtype)
        if not self.covered.all():
            matrix[~self.covered] = fill
        for part in self._parts:
            matrix[part.cells] = values[part.rows].reshape(*part.shape, *inner)
        return matrix

    def _place_block(self, rows: slice, classes: Ints, at: Ints) -> _Part | None:
        if not (np.isin(classes, self._class_ids).all() and np.isin(at, self.steps).all()):
            return None
        row, column = np.searchsorted(self._class_ids, classes), np.searchsorted(self.steps, at)
        across, along = _to_slice(row), _to_slice(column)
        side_by_side = across is not None and along is not None
        cells = (across, along) if side_by_side else np.ix_(row, column)
        return _Part(rows, cells, (len(classes), len(at)))

    def _place_rows(self, rows: slice, classes: Ints, at: Ints) -> _Part:
        known = np.flatnonzero(np.isin(classes, self._class_ids) & np.isin(at, self.steps))
        row = np.searchsorted(self._class_ids, classes[known])
        return _Part(rows.start + known, (row, np.searchsorted(self.steps, at[known])), known.shape)


def _cut(classes: Ints, at: Ints) -> Iterator[tuple[slice, tuple[Ints, Ints] | None]]:
    """Yield pieces of rows whose classes ascend, what comes of one sorted file, and their blocks."""
    ends = np.flatnonzero(classes[1:] < classes[:-1]) + 1
    if len(ends) * _SHORT > len(classes):
        yield slice(0, len(classes)), None
        return
    for first, last in pairwise([0, *ends.tolist(), len(classes)]):
        if first < last:
            yield slice(first, last), _find_block(classes[first:last], at[first:last])


def _find_block(classes: Ints, at: Ints) -> tuple[Ints, Ints] | None:
    """Return the classes and steps of rows, (class,) and (step,), if all classes have the same steps.

    The classes ascend: rows are of one class if the first and the last are.
    """
    width = int(np.searchsorted(classes, classes[0], side="right"))
    if len(classes) % width:
        return None
    classes, at = classes.reshape(-1, width), at.reshape(-1, width)
    if (classes[:, 0] != classes[:, -1]).any() or (at != at[0]).any():
        return None
    return classes[:, 0], at[0]


def _to_slice(places: Ints) -> slice | None:
    """Return ascending places that lie side by side as a slice."""
    first = int(places[0])
    same = np.array_equal(places, np.arange(first, first + len(places)))
    return slice(first, first + len(places)) if same else None

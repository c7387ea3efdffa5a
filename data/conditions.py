"""What rows are looked up by: conditions on whole numbers and strings, of rows and of row groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Bounds = NDArray[Any]  # (row group,) whole numbers or strings, as objects


class Condition(Protocol):
    """What a column is asked for; a null never meets it."""

    def meets(self, lows: Bounds, highs: Bounds) -> Mask:
        """Tell of each row group, by its smallest and largest value, whether a row may meet it."""

    def holds(self, lows: Bounds, highs: Bounds) -> Mask:
        """Tell of each row group whether every row meets it."""

    def find(self, column: pa.ChunkedArray) -> Mask:
        """Tell of each row whether it meets it."""


@dataclass(frozen=True)
class Among:
    """One of some values, whole numbers or strings."""

    values: Sequence[int] | Sequence[str]

    def meets(self, lows: Bounds, highs: Bounds) -> Mask:
        """See Condition."""
        found: Mask = np.zeros(len(lows), np.bool_)
        for value in self.values:
            found |= (lows <= value) & (highs >= value)
        return found

    def holds(self, lows: Bounds, highs: Bounds) -> Mask:
        """See Condition."""
        alike: Mask = lows == highs
        return alike & self.meets(lows, highs)

    def find(self, column: pa.ChunkedArray) -> Mask:
        """See Condition."""
        wanted = pa.array(self.values, column.type)
        found: Mask = np.asarray(pc.is_in(column, value_set=wanted))
        return found


@dataclass(frozen=True)
class Between:
    """A whole number from first to last, both included; None leaves an end open."""

    first: int | None = None
    last: int | None = None

    def meets(self, lows: Bounds, highs: Bounds) -> Mask:
        """See Condition."""
        return self._reach(highs, lows)

    def holds(self, lows: Bounds, highs: Bounds) -> Mask:
        """See Condition."""
        return self._reach(lows, highs)

    def find(self, column: pa.ChunkedArray) -> Mask:
        """See Condition."""
        values = column.to_numpy()
        found = self._reach(values, values)
        return found & np.asarray(column.is_valid()) if column.null_count else found

    def _reach(self, after: Bounds, before: Bounds) -> Mask:
        found = np.ones(len(after), np.bool_)
        if self.first is not None:
            found &= after >= self.first
        if self.last is not None:
            found &= before <= self.last
        return found

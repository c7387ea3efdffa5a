"""Keeps the footers of Parquet files: which of their row groups may hold what, and where it lies."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from cachetools import LRUCache, cached

from data.arrays import Steps
from data.conditions import Bounds, Condition, Mask
from data.damage import stamp_file

_KEPT = 1_024  # of the files asked last: to parse the largest takes some milliseconds


class Footer:
    """The footer of one file: what it says of the values in each row group, and where they lie."""

    def __init__(self, path: Path) -> None:
        """Read it from a file."""
        with pa.OSFile(str(path)) as source:
            self.metadata = pq.read_metadata(source)
        leaves = (self.metadata.schema.column(i).path for i in range(self.metadata.num_columns))
        names = (leaf.split(".")[0] for leaf in leaves)  # a list's is bins.list.element
        self._places = {name: place for place, name in enumerate(names)}
        self.names = self._places.keys()
        self._read_bounds = cache(self._read_bounds_of)
        self._read_places = cache(self._read_places_of)

    def choose(self, where: Mapping[str, Condition]) -> tuple[list[int], list[str]]:
        """Return the row groups that may hold rows, and the columns whose conditions are to be looked at."""
        chosen = np.arange(self.metadata.num_row_groups)
        for name, condition in where.items():
            lows, highs, known, _ = self._read_bounds(name)
            meets = ~known[chosen]
            sure = chosen[~meets]
            meets[~meets] = condition.meets(lows[sure], highs[sure])
            chosen = chosen[meets]
        unsettled = []
        for name, condition in where.items():
            lows, highs, _, full = (each[chosen] for each in self._read_bounds(name))
            if not (full.all() and condition.holds(lows, highs).all()):
                unsettled.append(name)
        return chosen.tolist(), unsettled

    def find_bytes(self, groups: Sequence[int], columns: Iterable[str]) -> tuple[Steps, Steps]:
        """Return where columns of row groups begin and end in the file, from its begin on."""
        starts, ends = np.concatenate([self._read_places(name)[:, groups] for name in columns], 1)
        order = np.argsort(starts)
        return starts[order], ends[order]

    def _read_places_of(self, name: str) -> Steps:
        """Return the first byte of a column in each row group, and the one after its last: (2, row group)."""
        place = self._places[name]
        groups = map(self.metadata.row_group, range(self.metadata.num_row_groups))
        found = [group.column(place) for group in groups]
        starts = np.array([each.dictionary_page_offset or each.data_page_offset for each in found])
        return np.array([starts, starts + [each.total_compressed_size for each in found]])

    def _read_bounds_of(self, name: str) -> tuple[Bounds, Bounds, Mask, Mask]:
        """Return smallest and largest value of each row group, where known, where also no row is null."""
        place = self._places[name]
        found = [
            self.metadata.row_group(group).column(place).statistics
            for group in range(self.metadata.num_row_groups)
        ]
        known = np.array([bool(each and each.has_min_max) for each in found], np.bool_)
        full = known & np.array(
            [bool(each and each.has_null_count and not each.null_count) for each in found], np.bool_
        )
        lows, highs = np.empty((2, len(found)), object)
        lows[known] = [each.min for each in found if each and each.has_min_max]
        highs[known] = [each.max for each in found if each and each.has_min_max]
        return lows, highs, known, full


def read_footer(path: Path) -> Footer:
    """Return the footer of a file, read once until another file takes its place."""
    return _read_footer(path, stamp_file(path))


@cached(LRUCache(_KEPT), lock=threading.Lock())
def _read_footer(path: Path, stamp: object) -> Footer:
    del stamp  # part of the key
    return Footer(path)

"""Merges Parquet files of one table into the order that its compacted files have."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from epochscope.parquet_files import conform, decode, describe, sort_rows

Groups = dict[int, list[tuple[pq.ParquetFile, int]]]  # value -> files and their row groups


def merge_files(files: Sequence[bytes], name: str) -> Iterator[pa.Table]:
    """Yield the rows of files, given as their bytes, in the order of their table.

    A table that has a row group for each value of a column comes value by value, each read when it
    is asked for: all of it may not fit in memory. Raises pa.ArrowInvalid.
    """
    column = describe(name).group_by
    if column is None:
        yield sort_rows(pa.concat_tables([decode(data, name) for data in files]), name)
        return
    grouped, loose = _open(files, name, column)
    order = pc.sort_indices(loose, [(key, "ascending") for key in describe(name).sort])
    values = loose.column(column).take(order).to_numpy()
    for value in sorted({*grouped, *np.unique(values).tolist()}):
        first, last = np.searchsorted(values, [value, value + 1]).tolist()
        parts = [loose.take(order.slice(first, last - first))]
        for file, group in grouped.get(value, ()):
            parts.append(conform(file.read_row_group(group, use_threads=False), name))
        yield sort_rows(pa.concat_tables(parts), name) if len(parts) > 1 else parts[0]


def _open(files: Sequence[bytes], name: str, column: str) -> tuple[Groups, pa.Table]:
    """Return the row groups of files that have one for each value, and all rows of the others."""
    grouped: Groups = defaultdict(list)
    loose = [describe(name).schema.empty_table()]
    for data in files:
        file = pq.ParquetFile(pa.BufferReader(data))
        place = file.schema.names.index(column)
        groups = range(file.metadata.num_row_groups)
        found = [file.metadata.row_group(group).column(place).statistics for group in groups]
        if all(each is not None and each.min == each.max for each in found):
            for group, each in zip(groups, found, strict=True):
                grouped[each.min].append((file, group))
        else:
            loose.append(decode(data, name))
    return grouped, pa.concat_tables(loose).combine_chunks()

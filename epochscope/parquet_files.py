"""Tables as Parquet files: cast to the schema, rounded, encoded to be small."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from epochscope.schema import META, TABLES, Table

DROPPED_BITS = 13  # of float32's 23-bit mantissa: 10 stay, a relative error of 0.05 % at most

_EXPONENT = np.uint32(0x7F800000)


def describe(name: str) -> Table:
    """Return the schema entry of a table, be it of meta or of steps."""
    return META[name] if name in META else TABLES[name]


def conform(table: pa.Table, name: str) -> pa.Table:
    """Cast table to the schema of name; missing columns become null, unknown ones are refused."""
    schema = describe(name).schema
    unknown = [column for column in table.column_names if column not in schema.names]
    if unknown:
        raise ValueError(f"table {name!r} has no column {unknown[0]!r}; remove it")
    columns = []
    for field in schema:
        if field.name in table.column_names:
            columns.append(table.column(field.name).cast(field.type))
        else:
            columns.append(pa.nulls(table.num_rows, field.type))
        if not field.nullable and columns[-1].null_count:
            raise ValueError(f"column {field.name!r} of table {name!r} may not be null")
    return pa.table(columns, schema=schema)


def round_floats(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Round to a 10-bit mantissa, ties to even; NaN, infinities and zeros stay as they are."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    keep = np.uint32(0xFFFFFFFF ^ ((1 << DROPPED_BITS) - 1))
    half = np.uint32((1 << (DROPPED_BITS - 1)) - 1) + ((bits >> np.uint32(DROPPED_BITS)) & 1)
    finite = (bits & _EXPONENT) != _EXPONENT
    rounded = np.where(finite, (bits + np.where(finite, half, 0).astype(np.uint32)) & keep, bits)
    # The largest float32 would round to infinity, which would be a lie about the training.
    overflown = finite & ((rounded & _EXPONENT) == _EXPONENT)
    return np.where(overflown, bits & keep, rounded).astype(np.uint32).view(np.float32)


def encode(table: pa.Table, name: str) -> memoryview:
    """Return table as the bytes of one Parquet file; it has the schema of name already."""
    description = describe(name)
    rounded = _round_table(table)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, description.schema, **_options(description.schema)) as writer:
        for group in _row_groups(rounded, name):
            writer.write_table(group, row_group_size=description.row_group)
    return memoryview(sink.getvalue())


def decode(data: pa.Buffer | bytes, name: str) -> pa.Table:
    """Return the table that encode wrote, or raise pa.ArrowInvalid."""
    return conform(pq.read_table(pa.BufferReader(data), use_threads=False), name)


def sort_rows(table: pa.Table, name: str) -> pa.Table:
    """Bring rows into the order that compacted files of this table have."""
    order = pc.sort_indices(table, [(key, "ascending") for key in describe(name).sort])
    return table.take(order)


def _row_groups(table: pa.Table, name: str) -> Iterator[pa.Table]:
    if name != "filter_stat" or table.num_rows == 0:
        yield table
        return
    # Rows of a layer are as wide as it has filters: a group per layer reads one layer alone.
    layers = table.column("layer").to_numpy()
    ends = [*(np.flatnonzero(np.diff(layers)) + 1).tolist(), len(layers)]
    starts = [0, *ends[:-1]]
    if len(ends) > 4 * len(set(layers.tolist())):
        yield table  # rows by step, not by layer
        return
    for start, end in zip(starts, ends, strict=True):
        yield table.slice(start, end - start)


def _round_table(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if field.type == pa.float32():
            table = table.set_column(place, field, _round_column(table.column(place)))
        elif field.type == pa.list_(pa.float32()):
            table = table.set_column(place, field, _round_lists(table.column(place)))
    return table


def _round_column(column: pa.ChunkedArray) -> pa.Array:
    nulls = column.is_null().to_numpy()
    values = column.fill_null(0).to_numpy().astype(np.float32)
    return pa.array(round_floats(values), pa.float32(), mask=nulls)


def _round_lists(column: pa.ChunkedArray) -> pa.Array:
    lists = column.combine_chunks()
    if isinstance(lists, pa.ChunkedArray):  # a column without chunks
        lists = pa.concat_arrays(lists.chunks) if lists.num_chunks else pa.array([], lists.type)
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    values = _round_column(pa.chunked_array([lists.flatten()]))
    return pa.ListArray.from_arrays(
        pa.array(offsets), values, type=column.type, mask=lists.is_null()
    )


def _options(schema: pa.Schema) -> dict[str, object]:
    encodings = {}
    for field in schema:
        listed = pa.types.is_list(field.type)
        value = field.type.value_type if listed else field.type
        path = f"{field.name}.list.element" if listed else field.name
        if value == pa.float32() or value == pa.float64():
            encodings[path] = "BYTE_STREAM_SPLIT"
        elif pa.types.is_timestamp(value):
            encodings[path] = "DELTA_BINARY_PACKED"
    plain = set(encodings)
    every = {
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in schema
    }
    return {
        "version": "2.6",
        "data_page_version": "2.0",
        "compression": "zstd",
        "use_dictionary": sorted(every - plain),
        "column_encoding": encodings,
    }

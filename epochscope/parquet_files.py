"""Tables as Parquet files: cast to the schema, rounded, encoded to be small."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from epochscope.schema import FLOATS, META, TABLES, Table

DROPPED_BITS = 13  # of float32's 23-bit mantissa: 10 stay, a relative error of 0.05 % at most

# Numbers whose upper bytes repeat: measurements, and the counts of histograms.
SPLIT = (pa.float32(), pa.float64(), pa.uint32())

_EXPONENT = np.uint32(0x7F800000)
_KEPT = np.uint32(0x1_0000_0000 - (1 << DROPPED_BITS))
_HALF = np.uint32((1 << (DROPPED_BITS - 1)) - 1)


def describe(name: str) -> Table:
    """Return the schema entry of a table, be it of meta or of steps."""
    return META[name] if name in META else TABLES[name]


def conform(table: pa.Table, name: str) -> pa.Table:
    """Cast table to the schema of name; missing columns become null, unknown ones are refused."""
    schema = describe(name).schema
    given = dict(zip(table.column_names, table.columns, strict=True))
    unknown = given.keys() - set(schema.names)
    if unknown:
        raise ValueError(f"table {name!r} has no column {min(unknown)!r}; remove it")
    columns = []
    for field in schema:
        column = given.get(field.name)
        if column is None:
            column = pa.nulls(table.num_rows, field.type)
        elif column.type != field.type:
            column = column.cast(field.type)
        if not field.nullable and column.null_count:
            raise ValueError(f"column {field.name!r} of table {name!r} may not be null")
        columns.append(column)
    return pa.table(columns, schema=schema)


def round_floats(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Round to a 10-bit mantissa, ties to even; NaN, infinities and zeros stay as they are."""
    bits = values.view(np.uint32)
    rounded = (bits + _HALF + ((bits >> DROPPED_BITS) & 1)) & _KEPT
    # Infinity stays; the largest float32 must not become it; nor NaN, with low bits set, a zero.
    at_end = (rounded & _EXPONENT) == _EXPONENT
    special = (bits & _EXPONENT) == _EXPONENT
    if at_end.any() or special.any():
        rounded = np.where(at_end, bits & _KEPT, rounded)
        rounded = np.where(special, bits, rounded)
    return rounded.view(np.float32)


def encode(table: pa.Table, name: str) -> memoryview:
    """Return table, which has the schema of name, as the bytes of one Parquet file."""
    return encode_parts([table], name)


def encode_parts(parts: Iterable[pa.Table], name: str) -> memoryview:
    """Return rows that come part by part as the bytes of one Parquet file; a part has own row groups."""
    description = describe(name)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, description.schema, **_options(name)) as writer:
        for part in parts:
            writer.write_table(_round_table(part), row_group_size=description.row_group)
    return memoryview(sink.getvalue())


def decode(data: pa.Buffer | bytes, name: str) -> pa.Table:
    """Return the table that encode wrote, or raise pa.ArrowInvalid."""
    # read_table would go through pyarrow.dataset, at twice the cost for a small file.
    with pq.ParquetFile(pa.BufferReader(data)) as file:
        return conform(file.read(use_threads=False), name)


def sort_rows(table: pa.Table, name: str) -> pa.Table:
    """Bring rows into the order that compacted files of this table have."""
    order = pc.sort_indices(table, [(key, "ascending") for key in describe(name).sort])
    return table.take(order)


def _round_table(table: pa.Table) -> pa.Table:
    columns = table.columns
    for place, field in enumerate(table.schema):
        if field.type == pa.float32() or field.type == FLOATS:
            chunks = columns[place].chunks or [pa.array([], field.type)]
            columns[place] = _round_array(pa.concat_arrays(chunks))
    return pa.table(columns, schema=table.schema)


def _round_array(array: pa.Array) -> pa.Array:
    # On the buffers themselves: nulls and list offsets are as they were.
    if pa.types.is_list(array.type):
        children = [_round_array(array.values)]
        buffers = array.buffers()[:2]
    else:
        children = None
        validity, values = array.buffers()
        if values is None:
            return array
        buffers = [validity, pa.py_buffer(round_floats(np.frombuffer(values, np.float32)))]
    return pa.Array.from_buffers(
        array.type, len(array), buffers, offset=array.offset, children=children
    )


@cache
def _options(name: str) -> dict[str, Any]:
    schema = describe(name).schema
    encodings, repeated = {}, []
    for field in schema:
        listed = pa.types.is_list(field.type)
        value = field.type.value_type if listed else field.type
        path = f"{field.name}.list.element" if listed else field.name
        if value in SPLIT:
            encodings[path] = "BYTE_STREAM_SPLIT"
        elif pa.types.is_timestamp(value) or field.name == "step":
            encodings[path] = "DELTA_BINARY_PACKED"
        else:
            repeated.append(path)
    return {
        "version": "2.6",
        "data_page_version": "2.0",
        "compression": "zstd",
        "use_dictionary": repeated,
        "column_encoding": encodings,
    }

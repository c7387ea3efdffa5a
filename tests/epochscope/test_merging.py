"""Merged files hold the rows of all of them, in the order of their table, however they were cut."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochscope.merging import merge_files
from epochscope.parquet_files import decode, encode, encode_parts, sort_rows
from epochscope.schema import TABLES


def join(draw_rows, name, steps):
    return pa.concat_tables([draw_rows(name, step) for step in steps])


def write(rows, name, compacted):
    """A file as it is recorded, or as compaction leaves it."""
    recorded = bytes(encode(rows, name))
    return merge([recorded], name) if compacted else recorded


def merge(files, name):
    return bytes(encode_parts(merge_files(files, name), name))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("compacted", [(True, True), (False, False), (True, False)])
def test_merged_files_hold_every_row_once_and_sorted(name, compacted, draw_rows):
    pieces = [range(9), range(9, 14)]
    files = [
        write(join(draw_rows, name, steps), name, of_file)
        for steps, of_file in zip(pieces, compacted, strict=True)
    ]
    found = decode(merge(files, name), name)
    expected = sort_rows(pa.concat_tables([decode(data, name) for data in files]), name)
    assert found.to_pylist().__repr__() == expected.to_pylist().__repr__()


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=9),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_filters_of_any_files_come_layer_by_layer(drawn):
    files, given_rows = [], []
    for rows, compacted in drawn:
        table = build_filters(rows)
        files.append(write(table, "filter_stat", compacted))
        given_rows += rows
    parts = list(merge_files(files, "filter_stat"))
    layers = [set(part["layer"].to_pylist()) for part in parts]
    assert layers == [{layer} for layer in sorted({layer for layer, _ in given_rows})]
    found = [(row["layer"], row["step"], row["mean"]) for part in parts for row in part.to_pylist()]
    assert found == [(layer, step, [layer, step]) for layer, step in sorted(given_rows)]


def build_filters(rows):
    return pa.Table.from_pylist(
        [
            {"step": step, "layer": layer, "series": "validation"}
            | {key: [layer, step] for key in ("mean", "sd", "min", "max", "l2")}
            for layer, step in rows
        ],
        TABLES["filter_stat"].schema,
    )


def test_merged_filters_have_a_row_group_per_layer(draw_rows):
    rows = join(draw_rows, "filter_stat", range(5))
    file = pq.ParquetFile(pa.BufferReader(write(rows, "filter_stat", compacted=True)))
    assert file.metadata.num_row_groups == 3


def test_a_layer_of_more_rows_than_a_row_group_holds_is_one_part():
    most = TABLES["filter_stat"].row_group
    rows = [(layer, step) for layer in (0, 1) for step in range(most + 3)]
    data = write(build_filters(rows), "filter_stat", compacted=True)
    assert pq.ParquetFile(pa.BufferReader(data)).metadata.num_row_groups == 4
    parts = list(merge_files([data, data], "filter_stat"))
    assert [part.num_rows for part in parts] == [2 * most + 6] * 2
    steps = parts[0]["step"].to_numpy()
    np.testing.assert_array_equal(steps, np.repeat(np.arange(most + 3), 2))


def test_a_layer_is_read_when_its_part_is_asked_for(draw_rows, monkeypatch):
    name = "filter_stat"
    files = [
        write(join(draw_rows, name, range(first, first + 4)), name, compacted=True)
        for first in (0, 4)
    ]
    read = []
    real = pq.ParquetFile.read_row_group

    def note(file, group, **named):
        read.append(group)
        return real(file, group, **named)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", note)
    parts = merge_files(files, name)
    next(parts)
    assert read == [0, 0]
    next(parts)
    assert read == [0, 0, 1, 1]


def test_what_is_no_parquet_file_is_refused(draw_rows):
    rows = join(draw_rows, "filter_stat", range(3))
    files = [bytes(encode(rows, "filter_stat")), b"PAR1 but not for long"]
    with pytest.raises(pa.ArrowInvalid):
        list(merge_files(files, "filter_stat"))

"""Looking rows up gives what a filter over all rows gives, and reads no more than it needs."""

import os
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import lookup
from data.conditions import Among, Between
from data.footers import read_footer
from data.lookup import look_up

SCHEMA = pa.schema(
    [
        pa.field("layer", pa.int32(), nullable=False),
        pa.field("step", pa.int64()),
        pa.field("kind", pa.string()),
        pa.field("value", pa.list_(pa.float32())),
    ]
)
NUMBERS = count()  # of files: one written over within a tick of the clock has the same stamp
KINDS = ("bias", "gradient", "weight")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("look-ups")


def write(path, rows, group, statistics=True):
    table = pa.Table.from_pylist(rows, SCHEMA)
    pq.write_table(table, path, row_group_size=group, write_statistics=statistics)
    return path


def draw_rows():
    row = st.fixed_dictionaries(
        {
            "layer": st.integers(0, 3),
            "step": st.none() | st.integers(-3, 6),
            "kind": st.none() | st.sampled_from(KINDS),
            "value": st.none() | st.lists(st.integers(0, 9).map(float), max_size=2),
        }
    )
    return st.lists(row, min_size=1, max_size=60)


def draw_files():
    ordered = st.booleans().map(lambda yes: (lambda row: row["layer"]) if yes else None)
    return st.lists(st.tuples(draw_rows(), st.integers(1, 9), st.booleans(), ordered), max_size=3)


def draw_conditions():
    ends = st.none() | st.integers(-5, 8)
    choices = {
        "layer": st.lists(st.integers(0, 5), max_size=3).map(Among),
        "step": st.builds(Between, ends, ends),
        "kind": st.lists(st.sampled_from((*KINDS, "", "zero")), max_size=2).map(Among),
    }
    one = [st.fixed_dictionaries({name: choice}) for name, choice in choices.items()]
    return st.one_of(*one, st.fixed_dictionaries({}, optional=choices))


def meets(row, where):
    """The definition: a null meets no condition."""
    for name, condition in where.items():
        value = row[name]
        if value is None:
            return False
        if isinstance(condition, Among):
            met = value in condition.values
        else:
            met = all(
                end is None or sign * value >= sign * end
                for end, sign in ((condition.first, 1), (condition.last, -1))
            )
        if not met:
            return False
    return True


@settings(max_examples=400)
@given(files=draw_files(), where=draw_conditions())
def test_gives_the_rows_that_meet_every_condition(folder, files, where):
    paths, expected = [], []
    for rows, group, statistics, key in files:
        rows = sorted(rows, key=key) if key else rows
        paths.append(write(folder / f"{next(NUMBERS)}.parquet", rows, group, statistics))
        expected += [row for row in rows if meets(row, where)]
    found = look_up(paths, SCHEMA, ["value", "layer", "step"], where)
    assert found.schema == pa.schema([SCHEMA.field(name) for name in ("value", "layer", "step")])
    wanted = [(row["value"], row["layer"], row["step"]) for row in expected]
    given_back = [(row["value"], row["layer"], row["step"]) for row in found.to_pylist()]
    assert given_back == wanted


def write_sorted(path, layers=40, steps=100):
    rows = [
        {"layer": layer, "step": step, "kind": "weight", "value": [float(layer), float(step)]}
        for layer in range(layers)
        for step in range(steps)
    ]
    return write(path, rows, group=steps)


@pytest.fixture
def decoded(monkeypatch):
    """The row groups and columns that are decoded."""
    asked = []
    real = pq.ParquetFile.read_row_groups

    def note(file, groups, columns, **named):
        asked.append((list(groups), sorted(columns)))
        return real(file, groups, columns, **named)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", note)
    return asked


def test_decodes_only_the_row_groups_and_columns_it_needs(tmp_path, decoded):
    path = write_sorted(tmp_path / "sorted.parquet")
    one = {"layer": Among([7]), "kind": Among(["weight"])}
    assert look_up([path], SCHEMA, ["value"], one)["value"].to_pylist()[3] == [7, 3]
    # All rows of that group are of that layer and kind: neither column is looked at.
    assert decoded == [([7], ["value"])]
    decoded.clear()
    look_up([path], SCHEMA, ["value"], {**one, "step": Between(90)})
    assert decoded == [([7], ["step", "value"])]
    decoded.clear()
    assert look_up([path], SCHEMA, ["value"], {"layer": Among([99])}).num_rows == 0
    assert decoded == []


def test_many_row_groups_are_decoded_in_parts_each_once(tmp_path, decoded, monkeypatch):
    monkeypatch.setattr(lookup, "THREADS", 2)  # a machine of one core has one
    path = write_sorted(tmp_path / "sorted.parquet")
    found = look_up([path], SCHEMA, ["layer", "step"], {"layer": Between(2)})
    assert len(decoded) > 1
    assert sorted(group for groups, _ in decoded for group in groups) == list(range(2, 40))
    np.testing.assert_array_equal(found["layer"], np.repeat(np.arange(2, 40), 100))
    np.testing.assert_array_equal(found["step"], np.tile(np.arange(100), 38))


def test_the_bytes_of_many_row_groups_are_asked_for_first_and_no_others(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(lookup, "THREADS", 2)
    monkeypatch.setattr(lookup, "_NEAR", 0)
    monkeypatch.setattr(
        os, "posix_fadvise", lambda _, start, size, __: asked.append((start, start + size))
    )
    path = write_sorted(tmp_path / "sorted.parquet")
    look_up([path], SCHEMA, ["value"], {"layer": Between(20)})
    starts, ends = read_footer(path).find_bytes(list(range(20, 40)), ["value"])
    assert asked == list(zip(starts.tolist(), ends.tolist(), strict=True))
    monkeypatch.setattr(lookup, "_NEAR", 1 << 20)
    asked.clear()
    look_up([path], SCHEMA, ["value"], {"layer": Between(20)})
    assert asked == [(starts[0], ends[-1])]
    asked.clear()
    look_up([path], SCHEMA, ["value"], {"layer": Among([20])})
    assert asked == []


def test_few_rows_do_not_keep_their_row_group_in_memory(tmp_path):
    path = write_sorted(tmp_path / "sorted.parquet", layers=1, steps=10_000)
    found = look_up([path], SCHEMA, ["step", "value"], {"step": Between(5_000, 5_009)})
    assert found["step"].to_pylist() == list(range(5_000, 5_010))
    assert found.get_total_buffer_size() < 1_000


def test_a_file_that_took_the_place_of_another_is_read(tmp_path):
    path = write_sorted(tmp_path / "one.parquet", layers=1, steps=3)
    assert look_up([path], SCHEMA, ["step"], {}).num_rows == 3
    write_sorted(tmp_path / "two.parquet", layers=2, steps=4).replace(path)
    assert look_up([path], SCHEMA, ["step"], {}).num_rows == 8


def test_files_without_rows_add_none(tmp_path):
    asked = ["step"], {"kind": Among(["weight"])}
    assert look_up([], SCHEMA, *asked).schema.types == [pa.int64()]
    empty = write(tmp_path / "empty.parquet", [], 1)
    assert look_up([empty], SCHEMA, *asked).num_rows == 0
    full = write_sorted(tmp_path / "full.parquet", layers=2)
    assert look_up([empty, full], SCHEMA, *asked).num_rows == 200


def test_columns_of_another_type_come_as_those_of_the_table(tmp_path):
    path = tmp_path / "narrow.parquet"
    pq.write_table(pa.table({"layer": pa.array([1], pa.int8()), "step": pa.array([2])}), path)
    found = look_up([path], SCHEMA, ["layer", "step"], {"layer": Among([1])})
    assert found.schema.types == [pa.int32(), pa.int64()]
    assert found.to_pylist() == [{"layer": 1, "step": 2}]


def test_where_bytes_of_columns_lie_is_where_they_are_decoded_from(tmp_path):
    path = write_sorted(tmp_path / "sorted.parquet", layers=20)
    starts, ends = read_footer(path).find_bytes([3, 4, 11], ["step", "value"])
    assert len(starts) == len(ends) == 6
    octets = bytearray(path.read_bytes())
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        octets[start:end] = bytes(end - start)
    path.write_bytes(octets)
    others = {"layer": Among([*range(3), *range(5, 11), *range(12, 20)])}
    assert look_up([path], SCHEMA, ["step", "value"], others).num_rows == 17 * 100
    for lost in (3, 4, 11):
        assert look_up([path], SCHEMA, ["layer"], {"layer": Among([lost])}).num_rows == 100
        for column in ("step", "value"):
            with pytest.raises((OSError, pa.ArrowException)):
                look_up([path], SCHEMA, [column], {"layer": Among([lost])})


def spoil_with_text(path: Path):
    path.write_text("no Parquet")


def spoil_by_cutting(path: Path):
    path.write_bytes(path.read_bytes()[:-40])


def spoil_by_leaving_out(path: Path):
    pq.write_table(pa.table({"layer": pa.array([1], pa.int32())}), path)


@pytest.mark.parametrize("spoil", [spoil_with_text, spoil_by_cutting, spoil_by_leaving_out])
def test_a_file_that_is_none_of_this_table_is_refused(tmp_path, spoil):
    path = write_sorted(tmp_path / "sorted.parquet", layers=2)
    spoil(path)
    with pytest.raises((OSError, pa.ArrowException), match=r"sorted\.parquet|Parquet"):
        look_up([path], SCHEMA, ["step"], {})
    path.unlink()
    with pytest.raises(FileNotFoundError):
        look_up([path], SCHEMA, ["step"], {})

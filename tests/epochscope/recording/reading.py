"""Reads back what a recorder wrote, table by table, with pyarrow alone."""

import pyarrow.parquet as pq

from epochscope.log_reader import read_log


def read_rows(folder, table, **equal):
    """Return the rows of a table as dicts, those whose columns equal the given values."""
    files = read_log(folder).of(table)
    rows = [row for file in files for row in pq.read_table(folder / file.path).to_pylist()]
    return [row for row in rows if all(row[name] == value for name, value in equal.items())]


def read_row(folder, table, **equal):
    """Return the one row that has the given values."""
    rows = read_rows(folder, table, **equal)
    assert len(rows) == 1, [(row.get("step"), row.get("layer"), row.get("kind")) for row in rows]
    return rows[0]


def read_curve(folder, name):
    """Return step -> value of a scalar."""
    return {row["step"]: row["value"] for row in read_rows(folder, "scalar", name=name)}


def layer_index(folder, name):
    """Return the index of a layer by its name."""
    return read_row(folder, "layers", name=name)["layer"]

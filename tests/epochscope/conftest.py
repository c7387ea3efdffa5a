"""Rows of every table, drawn from the step alone, so that a reader can be told what to expect."""

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from epochscope.log_writer import LogWriter
from epochscope.schema import TABLES

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LAYERS = 3


def _list(field, rng, row):
    if field.nullable and row == 2:
        return None
    if field.type.value_type == pa.float32():
        return [*rng.standard_normal(row + 1).tolist(), float("nan")]
    return rng.integers(0, 200, row + 1).tolist()


def _cell(field, rng, step, row):
    """A value of the column's type; the first rows hold a number, NaN, infinity and null."""
    if pa.types.is_list(field.type):
        return _list(field, rng, row)
    number = float(rng.standard_normal())
    special = [number, float("nan"), float("inf"), None][row % 4]
    values = {
        pa.float32(): special if field.nullable else number,
        pa.float64(): special or number,
        pa.bool_(): bool(row % 2),
        pa.binary(): bytes([row, step % 256]),
        pa.string(): f"{field.name} {row}",
        pa.timestamp("us", "UTC"): EPOCH + timedelta(seconds=step),
    }
    fixed = {"step": step, "layer": row, "class": row, "filter": row}
    integer = None if field.nullable and row == 2 else int(abs(number) * 99)
    return fixed.get(field.name, values.get(field.type, integer))


@cache  # drawing takes longer than writing
def rows_of(name, step, rows=LAYERS):
    schema = TABLES[name].schema
    rng = np.random.default_rng([step, len(schema)])
    return pa.Table.from_pylist(
        [{field.name: _cell(field, rng, step, row) for field in schema} for row in range(rows)],
        schema,
    )


@pytest.fixture(scope="session")
def draw_rows():
    """rows_of(table name, step): always the same rows for the same arguments."""
    return rows_of


@pytest.fixture(scope="session")
def draw_step():
    """The tables that a recorded step commits."""
    names = [name for name in TABLES if name not in ("scalar", "event")]
    return lambda step: {name: rows_of(name, step) for name in names}


@pytest.fixture(scope="session")
def time_of():
    return lambda step: EPOCH + timedelta(seconds=step)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "runs" / "project" / "tiny"


@pytest.fixture
def writer(folder):
    return LogWriter.create(folder, {"config": {"lr": 0.1}, "class_names": ["cat", "dog"]})


@pytest.fixture(scope="session")
def seventy(tmp_path_factory, draw_step):
    folder = tmp_path_factory.mktemp("seventy") / "run"
    writer = LogWriter.create(folder, {})
    for step in range(0, 700, 10):
        writer.commit_step(step, draw_step(step))
    return folder


@pytest.fixture
def recorded(seventy, folder):
    """A run of 70 recorded steps whose process is gone."""
    return Path(shutil.copytree(seventy, folder))

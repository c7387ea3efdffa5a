"""One DuckDB per process, with limits; each query alone on its cursor."""

import threading

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.database import _write_empty_file, empty_file, run_query
from epochscope.schema import META, TABLES

SCALARS = TABLES["scalar"].schema


def count(tail):
    parameters = {"files": [empty_file("scalar")], "name": "x", "first": 0, "last": 9}
    return run_query("curve_extent", parameters, tail)["points"][0].as_py()


def tail_of(rows):
    columns = [range(rows), ["x"] * rows, [0.5] * rows, [0] * rows]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCALARS, strict=True)]
    return pa.table(arrays, schema=SCALARS)


@pytest.mark.parametrize("table", [*TABLES, *META])
def test_a_table_without_files_has_no_rows(table):
    with duckdb.connect() as connection:
        rows = connection.sql("FROM read_parquet($files)", params={"files": [empty_file(table)]})
        names = (META[table] if table in META else TABLES[table]).schema.names
        assert (rows.columns, len(rows)) == (names, 0)


def test_first_requests_at_once_all_read_a_whole_file():
    broken, together = [], threading.Barrier(8)

    def ask():
        for _ in range(40):
            if together.wait() == 0:
                _write_empty_file.cache_clear()
            together.wait()
            try:
                assert pq.read_table(empty_file("images")).num_rows == 0
            except (OSError, pa.ArrowException) as error:
                broken.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []


def test_a_query_sees_its_own_tail_only():
    wrong, together = [], threading.Barrier(6)

    def ask(rows):
        together.wait()
        wrong.extend(rows for _ in range(15) if count(tail_of(rows)) != rows)

    threads = [threading.Thread(target=ask, args=(rows,)) for rows in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with pytest.raises(duckdb.Error, match="tail"):
        count(None)


def test_the_database_is_bounded_and_stays_offline():
    from data.database import read_limits

    limits = read_limits()
    assert limits["memory_limit"] == "953.6 MiB"  # 1 GB
    assert int(limits["threads"]) <= 4
    assert "epochscope-" in limits["temp_directory"]
    assert limits["autoinstall_known_extensions"] == "false"
    assert limits["autoload_known_extensions"] == "false"
    assert limits["parquet_metadata_cache"] == "true"

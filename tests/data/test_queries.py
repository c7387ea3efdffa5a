"""Every query keeps what its header promises."""

import re
from pathlib import Path

import pytest

from data import database, queries
from data.queries import load_query, read_header
from epochscope.schema import META, TABLES

QUERIES = sorted(path.stem for path in Path(queries.__file__).with_name("sql").glob("*.sql"))
VALUES = {
    "BIGINT": 1,
    "INTEGER": 1,
    "VARCHAR": "a",
    "VARCHAR[]": ["a"],
    "INTEGER[]": [1],
    "BIGINT[]": [1],
}
TYPES = r"(\w+) ([A-Z]+(?:\[\])?)(?=[,; ]|$)"


def declared_parameters(text):
    return dict(re.findall(r"\$" + TYPES, read_header(text, "in")))


def declared_table(text):
    return re.search(r"\$files VARCHAR\[\] of (\w+)", read_header(text, "in"))[1]


def run_on_nothing(name):
    text = load_query(name)
    table = declared_table(text)
    parameters = {key: VALUES[type_] for key, type_ in declared_parameters(text).items()}
    parameters["files"] = [database.empty_file(table)]
    has_tail = read_header(text, "in").endswith("tail")
    tail = TABLES[table].schema.empty_table() if has_tail else None
    return parameters, tail


@pytest.mark.parametrize("name", QUERIES)
def test_returns_the_columns_its_header_names(name):
    parameters, tail = run_on_nothing(name)
    promised = re.findall(TYPES, read_header(load_query(name), "out"))
    assert database.describe_query(name, parameters, tail) == promised


@pytest.mark.parametrize("name", QUERIES)
def test_takes_the_parameters_its_header_names(name):
    text = load_query(name)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    assert set(re.findall(r"\$(\w+)", body)) == set(declared_parameters(text))
    assert (" tail" in body) == read_header(text, "in").endswith("tail")
    assert declared_table(text) in {**TABLES, **META}


@pytest.mark.parametrize("name", QUERIES)
def test_says_first_what_it_asks_and_last_what_it_costs(name):
    lines = load_query(name).splitlines()
    assert lines[0].startswith("-- ")
    assert lines[0].removeprefix("-- ").split(":")[0] not in ("in", "out", "cost")
    assert read_header("\n".join(lines), "cost")


@pytest.mark.parametrize("name", QUERIES)
def test_is_one_select_that_names_its_columns(name):
    body = re.sub(r"--.*", "", load_query(name))
    assert body.strip().startswith("SELECT")
    assert ";" not in body
    assert not re.search(r"SELECT\s+\*|,\s*\*", body)


@pytest.mark.parametrize("name", QUERIES)
def test_takes_no_column_from_the_names_of_folders(name):
    body = load_query(name)
    assert body.count("read_parquet(") == body.count("$files, hive_partitioning = false)")


def test_a_header_that_lies_is_found():
    lying = load_query("classes").replace("name VARCHAR", "name BIGINT")
    parameters, tail = run_on_nothing("classes")
    promised = re.findall(TYPES, read_header(lying, "out"))
    assert database.describe_query("classes", parameters, tail) != promised

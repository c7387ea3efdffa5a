import base64
import csv
import io
import json
import math
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save

from epochscope.compaction import compact
from epochscope.export import export
from epochscope.log_files import LogError
from epochscope.log_reader import read_log, read_table
from epochscope.schema import META, TABLES

WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
THUMBNAILS = {"image": [0, 1], "format": ["png", "png"], "bytes": [b"\x89PNG", b""]}
TENSORS = {
    "weight": np.array([[1.5, -2.0], [math.nan, math.inf]], np.float32),
    "steps": np.array(3, np.int64),
    "noise": np.array([0, 255], np.uint8),
}


@pytest.fixture
def run(folder, writer, draw_rows, time_of):
    for step in (0, 10):
        writer.commit_step(
            step,
            {name: draw_rows(name, step) for name in TABLES if name not in ("scalar", "event")},
        )
    writer.commit_meta(
        {
            "classes": pa.table({"class": [0, 1], "name": ['a "cat", or so', ""], "images": [1, 1]}),
            "images": pa.table(
                {
                    "image": [0, 1], "split": ["validation"] * 2, "class": [0, 1], "slot": [0, 0],
                    "id": ["first\nline", "é"], "path": [None, "a/b.png"],
                }
            ),
            "thumbnails": pa.table(THUMBNAILS),
            "layers": pa.table(
                {
                    "layer": [0], "kind": ["layer"], "name": ["fc"], "type": ["Linear"],
                    "order": [0], "weights": [4], "shape": [[2, 2]], "frozen": [False],
                }
            ),
            "graph.json": json.dumps({"source": "export", "nodes": [{"name": "fc"}]}).encode(),
            "inputs.safetensors": save({"inputs": np.ones((2, 3), np.float16)}),
        }
    )  # fmt: skip
    writer.commit_snapshot(10, save(TENSORS, {"weights_step": "9"}))
    values = [0.5, math.nan, math.inf, -math.inf]
    writer.add_scalars([(s, "train/loss", value, time_of(s)) for s, value in enumerate(values)])
    writer.add_scalars([(3, "lr/base", 0.1, time_of(3))])
    writer.add_event(2, "note", "half way", {"share": 0.5}, time_of(2))
    writer.flush()  # and never sealed: export reads the tail of a live run
    return folder


def write(run, table, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    assert export(run, table, out, io.BytesIO()) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".export")] == []
    return out


def read_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def keys_and_values(path):
    return {line["key"]: json.loads(line["value"]) for line in read_lines(path)}


def recorded(run, table):
    state = read_log(run)
    files = sorted(state.of(table), key=lambda file: file.step_min or 0)
    return pa.concat_tables([read_table(run, file) for file in files])


def exact(rows):
    return repr(rows.to_pylist() if isinstance(rows, pa.Table) else rows)


def parse(value, type_):
    """Undo what JSON lines and the cells of CSV cannot hold."""
    if value is None:
        return None
    if pa.types.is_list(type_):
        return [parse(entry, type_.value_type) for entry in value]
    if pa.types.is_floating(type_):
        return WORDS.get(value, value) if isinstance(value, str) else float(value)
    if pa.types.is_timestamp(type_):
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if pa.types.is_binary(type_) else value


def parse_cell(text, type_):
    """A cell of CSV whose quotes mark a text: without them an empty cell is null."""
    if text == "":
        return None
    if pa.types.is_list(type_):
        return parse(json.loads(text), type_)
    if pa.types.is_floating(type_):
        return float(text)
    if pa.types.is_integer(type_) or pa.types.is_boolean(type_):
        return json.loads(text)
    return parse(text, type_)


STORED = [*META, *(name for name in TABLES if name not in ("scalar", "event"))]


@pytest.mark.parametrize("table", STORED)
def test_every_table_comes_back_from_parquet(run, table, tmp_path):
    assert exact(pq.read_table(write(run, table, tmp_path, ".parquet"))) == exact(
        recorded(run, table)
    )


@pytest.mark.parametrize("table", STORED)
def test_every_table_comes_back_from_json_lines(run, table, tmp_path):
    expected = recorded(run, table)
    rows = [
        {field.name: parse(line[field.name], field.type) for field in expected.schema}
        for line in read_lines(write(run, table, tmp_path, ".jsonl"))
    ]
    assert exact(rows) == exact(expected.select(list(rows[0])))


@pytest.mark.parametrize("table", STORED)
def test_every_table_comes_back_from_csv(run, table, tmp_path):
    schema = (META.get(table) or TABLES[table]).schema
    with write(run, table, tmp_path, ".csv").open(newline="") as file:
        found = [
            {field.name: parse_cell(row[field.name], field.type) for field in schema}
            for row in csv.DictReader(file)
        ]
    expected = recorded(run, table).to_pylist()
    # Python's reader drops the quotes that tell an empty text from null.
    assert exact(found) == exact(
        [{k: None if v in ("", b"") else v for k, v in row.items()} for row in expected]
    )


def test_an_empty_text_is_told_from_null_in_csv(run, tmp_path):
    assert write(run, "classes", tmp_path, ".csv").read_text().splitlines()[2] == '1,"",1'
    assert ',"first\nline",\n' in write(run, "images", tmp_path, ".csv").read_text()


def test_scalars_are_given_back_from_the_open_journal_with_their_alias(run, tmp_path):
    rows = pq.read_table(write(run, "scalar", tmp_path, ".parquet"))
    assert exact(rows["value"].to_pylist()) == exact([0.5, math.nan, math.inf, -math.inf, 0.1])
    assert rows["alias"].to_pylist() == ["loss"] * 4 + [None]
    lines = read_lines(write(run, "scalar", tmp_path, ".jsonl"))
    assert [line["value"] for line in lines] == [0.5, "NaN", "Infinity", "-Infinity", 0.1]


def test_loss_names_the_training_loss(run, tmp_path):
    lines = write(run, "loss", tmp_path, ".csv").read_text().splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["0", '"train/loss"', "0.5"],
        ["1", '"train/loss"', "NaN"],
        ["2", '"train/loss"', "Infinity"],
        ["3", '"train/loss"', "-Infinity"],
    ]


def test_events_are_given_back(run, tmp_path):
    (line,) = write(run, "event", tmp_path, ".jsonl").read_text().splitlines()
    assert json.loads(line)["message"] == "half way"


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_snapshots_are_given_back_tensor_by_tensor(run, tmp_path, suffix):
    out = write(run, "snapshot", tmp_path, suffix)
    rows = pq.read_table(out).to_pylist() if suffix == ".parquet" else read_lines(out)
    found = {row["name"]: row for row in rows}
    assert json.loads(found["__metadata__"]["text"]) == {"weights_step": "9"}
    for name, tensor in TENSORS.items():
        row = found[name]
        values = [WORDS.get(value, value) for value in row["values"]]
        np.testing.assert_array_equal(np.reshape(values, row["shape"]), tensor)
        assert row["step"] == 10


def test_brain_floats_are_widened(folder, writer, tmp_path):
    header = b'{"g":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    values = np.array([1.5, -3.0], np.float32).view(np.uint32) >> 16
    data = len(header).to_bytes(8, "little") + header + values.astype("<u2").tobytes()
    writer.commit_snapshot(0, data)
    (row,) = pq.read_table(write(folder, "snapshot", tmp_path, ".parquet")).to_pylist()
    assert row["values"] == [1.5, -3.0]


def test_graph_inputs_and_facts_are_given_back(run, tmp_path):
    assert keys_and_values(write(run, "graph", tmp_path, ".jsonl")) == {
        "source": "export",
        "nodes": [{"name": "fc"}],
    }
    (row,) = pq.read_table(write(run, "inputs", tmp_path, ".parquet")).to_pylist()
    assert (row["dtype"], row["shape"], row["values"]) == ("F16", [2, 3], [1.0] * 6)
    assert keys_and_values(write(run, "run", tmp_path, ".jsonl"))["config"] == {"lr": 0.1}


def test_without_a_file_csv_goes_to_the_screen(run):
    screen = io.BytesIO()
    export(run, "classes", None, screen)
    assert screen.getvalue().startswith(b"class,name,images\n0,")


def test_a_compacted_run_is_given_back_the_same(run, writer, tmp_path):
    before = pq.read_table(write(run, "class_stat", tmp_path, ".parquet"))
    writer.close("finished")
    assert compact(run) > 0
    after = pq.read_table(write(run, "class_stat", tmp_path, ".parquet"))
    order = [("class", "ascending"), ("step", "ascending")]
    assert exact(before.sort_by(order)) == exact(after.sort_by(order))


def test_damaged_files_are_named_and_skipped(run, tmp_path):
    first, second = read_log(run).of("class_stat")
    (run / first.path).write_bytes(b"garbage")
    damage = export(run, "class_stat", tmp_path / "out.parquet", io.BytesIO())
    assert [problem.path for problem in damage] == [first.path]
    assert pq.read_table(tmp_path / "out.parquet").num_rows == second.rows


def test_a_missing_file_is_an_error_that_says_what_to_do(run, tmp_path):
    (run / read_log(run).of("class_stat")[0].path).unlink()
    with pytest.raises(LogError, match=r"is missing; .* epochscope verify"):
        export(run, "class_stat", tmp_path / "out.csv", io.BytesIO())


@pytest.mark.parametrize(
    ("table", "name", "message"),
    [
        ("weights", "out.csv", "there is no table 'weights'; choose one of layers, classes"),
        ("scalar", "out.xlsx", "none of .csv, .jsonl and .parquet"),
        ("scalar", "no/out.csv", "there is no folder"),
    ],
)
def test_wrong_arguments_are_one_sentence(run, tmp_path, table, name, message):
    with pytest.raises(LogError, match=message):
        export(run, table, tmp_path / name, io.BytesIO())

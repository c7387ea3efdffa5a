"""What the log adds to writing a recorded step as plain Parquet: the price of being crash-safe."""

import io
import itertools
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.timing import measure_pair, print_head, print_row
from epochscope.compaction import compact
from epochscope.log_reader import read_log
from epochscope.log_writer import LogWriter

RECORDED = 64  # steps, which compaction merges into two files of each table
SCALARS = 500  # rows of one flush
KINDS = ("weight", "bias", "gradient", "update", "activation")
SIZES = {"8 layers of 32 filters": (8, 32), "54 layers of 510 filters": (54, 510)}


def main() -> None:
    """Print CPU milliseconds of a recorded step, a flush, a poll and a compaction."""
    print_head(
        "The log, CPU ms of the writing thread", "a recorded step under 20 ms in the background"
    )
    for size, (layers, filters) in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            _measure(size, Path(folder) / "run", layers, filters)


def _measure(size: str, run: Path, layers: int, filters: int) -> None:
    writer = LogWriter.create(run, {})
    tables = _draw(layers, filters)
    steps = itertools.count()

    def commit() -> None:
        step = next(steps)
        numbered = {name: _at(table, step) for name, table in tables.items()}
        writer.commit_step(step, numbered)

    def plain() -> None:
        for table in tables.values():
            pq.write_table(table, io.BytesIO())

    ours, theirs = measure_pair(commit, plain, RECORDED, time.thread_time)
    _print(f"recorded step, {size}", ours.median, "plain Parquet in memory", theirs.median)

    rows = [(0, "train/loss", 0.5, datetime.now(UTC))] * SCALARS

    def flush() -> None:
        writer.add_scalars(rows)
        writer.flush()

    ours, _ = measure_pair(flush, plain, RECORDED, time.thread_time)
    _print(f"flush of {SCALARS} scalars", ours.median, "plain Parquet in memory", theirs.median)

    state = read_log(run)
    ours, anew = measure_pair(
        lambda: read_log(run, state), lambda: read_log(run), RECORDED, time.thread_time
    )
    _print("poll of the log, nothing new", ours.median, "reading it anew", anew.median)

    begin = time.process_time()
    written = compact(run)
    each = (time.process_time() - begin) / written
    _print("compaction, per file of 32 steps", each, "32 plain Parquet files", 16 * theirs.median)


def _print(what: str, ours: float, yardstick: str, theirs: float) -> None:
    print_row(what, f"{ours * 1e3:.2f} ms", f"{yardstick} {theirs * 1e3:.2f} ms", theirs / ours)


def _draw(layers: int, filters: int) -> dict[str, pa.Table]:
    rng = np.random.default_rng(7)
    rows = layers * len(KINDS)
    floats = ("min", "q25", "median", "q75", "max", "mean", "sd", "l0", "l1", "l2", "lo", "hi")
    lists = ("mean", "sd", "min", "max", "l2", "change", "relative", "gradient_l2")
    numbers = np.arange(layers, dtype=np.int32)
    layer_stat = {
        "layer": np.repeat(numbers, len(KINDS)),
        "kind": KINDS * layers,
        "series": ["statistics"] * rows,
        "sampled": [False] * rows,
        "bins": list(rng.integers(0, 2_000, (rows, 64), np.uint32)),
    }
    layer_stat |= {name: np.full(rows, 1_000) for name in ("count", "nan", "pos_inf", "neg_inf")}
    layer_stat |= {name: rng.standard_normal(rows, np.float32) for name in floats}
    filter_stat = {"layer": numbers, "series": ["statistics"] * layers}
    filter_stat |= {n: list(rng.standard_normal((layers, filters), np.float32)) for n in lists}
    return {"layer_stat": pa.table(layer_stat), "filter_stat": pa.table(filter_stat)}


def _at(table: pa.Table, step: int) -> pa.Table:
    return table.append_column("step", pa.array(np.full(table.num_rows, step)))


if __name__ == "__main__":
    main()

"""DeepTracker's five indexes on a paper-scale log: python -m benchmarks.paper_queries LOGDIR."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.timing import Times, print_head, print_row
from data.answers import read_answers
from data.classes import read_class_curves, read_class_images
from data.filter_pixels import read_filter_pixels
from data.layer_series import LISTS, SERIES_COLUMNS, read_layer_series
from data.layers import read_filter_statistics, read_top_filters
from data.memory import find_arrays, forget_all
from data.store import Run, open_run
from settings import settings

REPEATS = 60


@dataclass(frozen=True)
class Index:
    """One question to the log: how it is asked of one thing after another, and what was promised."""

    name: str
    table: str
    promise: str  # medians of the log's design in milliseconds: asked again, of a cold file
    ask: Callable[[Run, Any], object]  # of one thing
    things: Sequence[Any]
    columns: str
    condition: str

    @property
    def bare(self) -> str:
        """The least that DuckDB can be asked for it, as the log's design did: $files and a $thing."""
        return f"SELECT {self.columns} FROM read_parquet($files) WHERE {self.condition}"


def main() -> None:
    """Print the median of each index in three states, beside two yardsticks.

    Asked again, it is in the dashboard's memory; asked first, its files are in the system's; cold,
    they were put out of it before. The design's figures come of another machine, so its bare
    queries are run here, warm and cold; and np.fromfile reads the bytes of the answer.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--run", default="resnet50")
    given = parser.parse_args()
    os.environ["EPOCHSCOPE_LOGDIR"] = str(given.logdir)
    settings.cache_clear()
    print_head(
        f"The five indexes on {given.run!r}, medians in ms: asked again, first, of cold files",
        "asked again and cold at or below the figures in brackets; the yardsticks are DuckDB's bare"
        " query, warm and cold, and np.fromfile; the ratio is of first to bare",
    )
    for index in list_indexes(open_run(given.run)):
        _measure(given.run, index)


def list_indexes(run: Run) -> list[Index]:
    """Return the questions, each with the things of this run that it is asked about."""
    rows = sorted((row for row in run.layers if row.neurons), key=lambda row: row.neurons or 0)
    lowest = rows[0].layer
    steps = read_filter_pixels(run, [lowest])[lowest].steps.tolist()

    every = [row.layer for row in rows]
    statistics = tuple(name for name in SERIES_COLUMNS if name not in LISTS)
    weights = "layer = $thing AND kind = 'weight' AND series = 'statistics'"
    validated = "layer = $thing AND series = 'validation'"
    return [
        Index("layer -> statistics", "layer_stat", "1.5; 3.5",
              lambda run, layer: read_layer_series(run, [layer], "weight", statistics),
              every, f"step, {', '.join(statistics)}", weights),
        Index("layer -> histograms", "layer_stat", "2.9; 6.8",
              lambda run, layer: read_layer_series(run, [layer], "weight", ("bins",)),
              every, "step, bins", weights),
        Index("layer -> change of its filters", "filter_stat", "3.0; 8.0",
              lambda run, layer: read_filter_statistics(run, layer, ("change",), "validation"),
              every, "step, change", validated),
        Index("layer -> filters, for painting", "filter_stat", "1.4; 5.2",
              lambda run, layer: read_filter_pixels(run, [layer]),
              every, "step, change_px", validated),
        Index("step -> top 100 changing filters", "filter_top", "1.2; 3.5",
              read_top_filters,
              steps[1:], "layer, filter, change", "step = $thing AND rank_all <= 100"),
        Index("class -> its images over steps", "class_stat", "3.1; 6.6",
              read_class_images,
              range(len(run.classes)), "step, bits, predicted", "class = $thing"),
        Index("all classes -> results over steps", "class_stat", "17",
              lambda run, _: read_class_curves(run),
              [0], "class, step, n, \"right\"", "$thing = 0"),
        Index("all answers of the run", "class_stat", "13; 21",
              lambda run, _: read_answers(run),
              [0], "class, step, bits", "$thing = 0"),
    ]  # fmt: skip


def _measure(name: str, index: Index) -> None:
    places = cycle(np.random.default_rng(7).permutation(len(index.things)).tolist())
    found = index.ask(open_run(name), index.things[next(places)])
    data = b"".join(each.tobytes() for each in find_arrays(found))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("SET GLOBAL parquet_metadata_cache = true")
        path = Path(folder) / "raw"
        path.write_bytes(data)
        taken = [
            _time_all(name, index, index.things[place], connection, path)
            for place, _ in zip(places, range(REPEATS), strict=False)
        ]
    again, first, cold, bare, bare_cold, raw = (
        1e3 * Times(each).median for each in zip(*taken, strict=True)
    )
    print_row(
        f"{index.name} [{index.promise}]",
        f"{again:.2f} {first:.1f} {cold:.1f}",
        f"{bare:.1f} {bare_cold:.1f}; {len(data) / 1e6:.2f} MB {raw:.2f}",
        first / bare,
    )


def _time_all(
    name: str, index: Index, thing: Any, connection: duckdb.DuckDBPyConnection, path: Path
) -> tuple[float, ...]:
    run = open_run(name)
    files = [run.folder / file.path for file in run.state.of(index.table)]
    asked = {"files": [str(file) for file in files], "thing": thing}

    def ask() -> object:
        return index.ask(open_run(name), thing)

    def ask_bare() -> object:
        with connection.cursor() as cursor:
            return cursor.sql(index.bare, params=asked).to_arrow_table()

    _evict(files)
    bare_cold = _time(ask_bare)
    _evict(files)
    forget_all()
    cold = _time(ask)
    forget_all()
    first = _time(ask)
    again = _time(ask)
    return (
        again,
        first,
        cold,
        _time(ask_bare),
        bare_cold,
        _time(lambda: np.fromfile(path, np.uint8)),
    )


def _evict(files: Sequence[Path]) -> None:
    """Put files out of the system's memory; their bytes are on the disk since they were written."""
    for each in files:
        with each.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _time(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()

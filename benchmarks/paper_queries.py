"""DeepTracker's five indexes on a paper-scale log: python -m benchmarks.paper_queries LOGDIR."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

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
    ask: Callable[[Run, int], object]  # of the n-th thing
    things: int


def main() -> None:
    """Print the median of each index in three states, beside a raw read of the same bytes.

    Asked again, it is in the dashboard's memory; asked first, its files are in the system's, as
    they are for the raw read; cold, they were put out of it before.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--run", default="resnet50")
    given = parser.parse_args()
    os.environ["EPOCHSCOPE_LOGDIR"] = str(given.logdir)
    settings.cache_clear()
    print_head(
        f"The five indexes on {given.run!r}, medians in ms: asked again, first, of cold files",
        "asked again and cold at or below the figures in brackets; the yardstick is np.fromfile",
    )
    for index in list_indexes(open_run(given.run)):
        _measure(given.run, index)


def list_indexes(run: Run) -> list[Index]:
    """Return the questions, each with the things of this run that it is asked about."""
    rows = sorted((row for row in run.layers if row.neurons), key=lambda row: row.neurons or 0)
    lowest = rows[0].layer
    steps = read_filter_pixels(run, [lowest])[lowest].steps.tolist()
    classes = len(run.classes)

    every = [row.layer for row in rows]
    statistics = tuple(name for name in SERIES_COLUMNS if name not in LISTS)
    return [
        Index("layer -> statistics", "layer_stat", "1.5; 3.5",
              lambda run, n: read_layer_series(run, every[n : n + 1], "weight", statistics),
              len(every)),
        Index("layer -> histograms", "layer_stat", "2.9; 6.8",
              lambda run, n: read_layer_series(run, every[n : n + 1], "weight", ("bins",)),
              len(every)),
        Index("layer -> change of its filters", "filter_stat", "3.0; 8.0",
              lambda run, n: read_filter_statistics(run, every[n], ("change",), "validation"),
              len(every)),
        Index("layer -> filters, for painting", "filter_stat", "1.4; 5.2",
              lambda run, n: read_filter_pixels(run, every[n : n + 1]), len(every)),
        Index("step -> top 100 changing filters", "filter_top", "1.2; 3.5",
              lambda run, n: read_top_filters(run, steps[n + 1]), len(steps) - 1),
        Index("class -> its images over steps", "class_stat", "3.1; 6.6",
              lambda run, n: read_class_images(run, n), classes),
        Index("all classes -> results over steps", "class_stat", "17",
              lambda run, _: read_class_curves(run), 1),
        Index("all answers of the run", "class_stat", "13; 21",
              lambda run, _: read_answers(run), 1),
    ]  # fmt: skip


def _measure(name: str, index: Index) -> None:
    places = cycle(np.random.default_rng(7).permutation(index.things).tolist())
    found = index.ask(open_run(name), next(places))
    data = b"".join(each.tobytes() for each in find_arrays(found))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "raw"
        path.write_bytes(data)
        taken = [
            _time_all(name, index, place, path)
            for place, _ in zip(places, range(REPEATS), strict=False)
        ]
    again, first, cold, raw = (Times(each).median for each in zip(*taken, strict=True))
    print_row(
        f"{index.name} [{index.promise}]",
        f"{1e3 * again:.2f} {1e3 * first:.1f} {1e3 * cold:.1f}",
        f"{len(data) / 1e6:.2f} MB {1e3 * raw:.2f} ms",
        first / raw,
    )


def _time_all(name: str, index: Index, place: int, path: Path) -> tuple[float, ...]:
    run = open_run(name)
    for file in run.state.of(index.table):
        _evict(run.folder / file.path)

    def ask() -> object:
        return index.ask(open_run(name), place)

    forget_all()
    cold = _time(ask)
    forget_all()
    first = _time(ask)
    return _time(ask), first, cold, _time(lambda: np.fromfile(path, np.uint8))


def _evict(path: Path) -> None:
    """Put a file out of the system's memory; its bytes are on the disk since it was written."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _time(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()

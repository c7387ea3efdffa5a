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
    promise: str  # milliseconds warm, median/p95, of the log's design
    ask: Callable[[Run, int], object]  # of the n-th thing
    things: int


def main() -> None:
    """Print median and p95 of each index, asked first and again, beside a raw read of the same bytes.

    The files are in the system's memory at both; what is asked again is in the dashboard's, too.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--run", default="resnet50")
    given = parser.parse_args()
    os.environ["EPOCHSCOPE_LOGDIR"] = str(given.logdir)
    settings.cache_clear()
    print_head(
        f"The five indexes on {given.run!r}, median/p95 in ms: asked again (asked first)",
        "at or below the figures in brackets; the yardstick reads what is returned by np.fromfile",
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
        Index("layer -> statistics", "1.5/1.7",
              lambda run, n: read_layer_series(run, every[n : n + 1], "weight", statistics),
              len(every)),
        Index("layer -> histograms", "2.9/3.3",
              lambda run, n: read_layer_series(run, every[n : n + 1], "weight", ("bins",)),
              len(every)),
        Index("layer -> change of its filters", "3.0/12.6",
              lambda run, n: read_filter_statistics(run, every[n], ("change",), "validation"),
              len(every)),
        Index("layer -> filters, for painting", "1.4/1.7",
              lambda run, n: read_filter_pixels(run, every[n : n + 1]), len(every)),
        Index("step -> top 100 changing filters", "1.2/1.4",
              lambda run, n: read_top_filters(run, steps[n + 1]), len(steps) - 1),
        Index("class -> its images over steps", "3.1/3.9",
              lambda run, n: read_class_images(run, n), classes),
        Index("all classes -> results over steps", "17",
              lambda run, _: read_class_curves(run), 1),
        Index("all answers of the run", "13/14",
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
    first, again, raw = (Times(each) for each in zip(*taken, strict=True))
    print_row(
        f"{index.name} [{index.promise}]",
        f"{_ms(again)} ({_ms(first)})",
        f"{len(data) / 1e6:.2f} MB {1e3 * raw.median:.2f} ms",
        again.median / raw.median,
    )


def _time_all(name: str, index: Index, place: int, path: Path) -> tuple[float, float, float]:
    forget_all()
    first = _time(lambda: index.ask(open_run(name), place))
    again = _time(lambda: index.ask(open_run(name), place))
    return first, again, _time(lambda: np.fromfile(path, np.uint8))


def _time(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _ms(times: Times) -> str:
    return f"{1e3 * times.median:.2f}/{1e3 * times.percentile(0.95):.2f}"


if __name__ == "__main__":
    main()

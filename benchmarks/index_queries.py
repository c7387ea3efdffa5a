"""DeepTracker's five indexes on a run of the demo's size, beside a plain read of the same files."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import measure_pair, print_head, print_row
from data.classes import read_class_curves, read_class_images
from data.demos import write_planted_run
from data.layer_series import SERIES_COLUMNS, read_layer_series
from data.layers import read_filter_statistics, read_top_filters
from data.memory import forget_all
from data.store import Run, open_run
from epochscope.compaction import compact
from settings import settings

REPEATS = 60

Query = Callable[[Run], object]


def main() -> None:
    """Print the median of each index asked first, its files uncompacted and compacted."""
    print_head(
        "The five indexes, asked first",
        "1 to 13 ms at any size; the yardstick only reads the bytes, it decodes nothing",
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EPOCHSCOPE_LOGDIR"] = folder
        settings.cache_clear()
        write_planted_run(Path(folder), "run")
        for moment in ("recorded", "compacted"):
            _measure_all(moment)
            compact(Path(folder) / "run")


def _measure_all(moment: str) -> None:
    layer = next(row.layer for row in open_run("run").layers if row.neurons)
    last = int(read_class_curves(open_run("run")).steps[-1])
    queries: dict[str, tuple[str, Query]] = {
        "layer -> statistics over steps": (
            "layer_stat",
            lambda run: read_layer_series(run, [layer], "weight", SERIES_COLUMNS),
        ),
        "layer -> filters over steps": (
            "filter_stat",
            lambda run: read_filter_statistics(run, layer, ("change", "l2")),
        ),
        "step -> top-changing filters": ("filter_top", lambda run: read_top_filters(run, last)),
        "class -> results over steps": ("class_stat", read_class_curves),
        "class -> images over steps": ("class_stat", lambda run: read_class_images(run, 3)),
    }
    for name, (table, query) in queries.items():
        _measure(f"{name}, {moment}", table, query)


def _measure(name: str, table: str, query: Query) -> None:
    # The log is opened anew each time, as a request of the dashboard does.
    def ask() -> None:
        forget_all()
        query(open_run("run"))

    files = [open_run("run").folder / file.path for file in open_run("run").state.of(table)]
    ask()
    ours, raw = measure_pair(ask, lambda: [file.read_bytes() for file in files], REPEATS)
    size = sum(file.stat().st_size for file in files) / 1e6
    print_row(
        name,
        f"{1e3 * ours.median:.1f} ms",
        f"{len(files)} files, {size:.2f} MB {1e3 * raw.median:.2f} ms",
        ours.median / raw.median,
    )


if __name__ == "__main__":
    main()

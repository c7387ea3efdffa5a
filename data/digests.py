"""What each file says in brief, asked once per file and kept: listings re-read nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from data.database import empty_file, run_query
from data.run_files import RunFiles
from epochscope.log_reader import LogFile, LogState
from epochscope.schema import JOURNALLED, TABLES

# Query -> the table it sums up. Each of its rows names the file it is of, in `filename`.
DIGESTS = {
    "scalar_digest": "scalar",
    "event_digest": "event",
    "class_digest": "class_stat",
    "step_digest": "layer_stat",
    "model_digest": "layers",
}
# What summaries are made of.
SUMMARY_DIGESTS = ("scalar_digest", "event_digest", "class_digest", "model_digest")

_TAIL = ""  # the file name of rows that are still in the journal
_FILES_AT_ONCE = 500

Row = dict[str, Any]


def read_digest(run: RunFiles, query: str) -> list[Row]:
    """Return the rows of a digest query over all files of its table and the journal's tail."""
    return run.remember(("digest", query), lambda: _read_digest(run, query))


def gather_digests(runs: Sequence[RunFiles]) -> None:
    """Ask the digests of many runs' new files together: one query costs less than hundreds."""
    for query in SUMMARY_DIGESTS:
        wanted = [(run, file) for run in runs for file in _find_new(run, query, run.state)]
        for start in range(0, len(wanted), _FILES_AT_ONCE):
            _gather(query, wanted[start : start + _FILES_AT_ONCE])


def _read_digest(run: RunFiles, query: str) -> list[Row]:
    table = DIGESTS[query]
    tail: list[Row] = []
    if run.has_tail(table) or _find_new(run, query, run.state):
        rows = run.fetch_from(query, table, lambda state: _find_new(run, query, state)).to_pylist()
        found = _sort_by_file(rows)
        tail = found.pop(_TAIL, [])
        damaged = {damage.path for damage in run.damaged()}
        new = {
            file.path: found.get(str(run.folder / file.path), [])
            for file in _find_new(run, query, run.state)
            if str(run.folder / file.path) not in damaged
        }
        _keep(run, query, new)
    known = run.followed.digests.get(query, {})
    of_files = [row for file in run.state.of(table) for row in known.get(file.path, [])]
    return of_files + tail


def _gather(query: str, wanted: Sequence[tuple[RunFiles, LogFile]]) -> None:
    table = DIGESTS[query]
    sound = [(run, file) for run, file in wanted if _is_sound(run, file)]
    paths = [empty_file(table), *(str(run.folder / file.path) for run, file in sound)]
    tail = TABLES[table].schema.empty_table() if table in JOURNALLED else None
    try:
        found = _sort_by_file(run_query(query, {"files": paths}, tail).to_pylist())
    except duckdb.Error:
        return  # one of them is damaged or gone: each run is asked by itself, and finds out
    new: dict[RunFiles, dict[str, list[Row]]] = defaultdict(dict)
    for run, file in sound:
        new[run][file.path] = found.get(str(run.folder / file.path), [])
    for run, rows in new.items():
        _keep(run, query, rows)


def _is_sound(run: RunFiles, file: LogFile) -> bool:
    try:
        return bool(run.followed.checks.find_sound([file]))
    except FileNotFoundError:
        return False


def _find_new(run: RunFiles, query: str, state: LogState) -> list[LogFile]:
    known = run.followed.digests.get(query, {})
    return [file for file in state.of(DIGESTS[query]) if file.path not in known]


def _keep(run: RunFiles, query: str, new: dict[str, list[Row]]) -> None:
    # A new dict, never a changed one: other threads may be reading the old.
    live = {file.path for file in run.state.of(DIGESTS[query])}
    known = run.followed.digests.get(query, {})
    kept = {path: rows for path, rows in known.items() if path in live}
    run.followed.digests[query] = kept | new


def _sort_by_file(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["filename"]].append(row)
    return dict(found)

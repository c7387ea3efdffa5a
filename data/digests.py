"""What each file says in brief, asked once per file and kept: listings re-read nothing."""

from collections import defaultdict
from typing import Any

from data.run_files import RunFiles
from epochscope.log_reader import LogState

TAIL = ""  # stands for the rows that are still in the journal


def read_digest(run: RunFiles, query: str, table: str) -> list[dict[str, Any]]:
    """Return the rows of a digest query over all files of a table and the journal's tail.

    The query's rows name the file they are of, in `filename`.
    """
    known = run.followed.digests.get(query, {})

    def choose_new(state: LogState) -> list[Any]:
        return [file for file in state.of(table) if file.path not in known]

    def read() -> list[dict[str, Any]]:
        rows = run.fetch_from(query, table, choose_new).to_pylist()
        found = defaultdict(list)
        for row in rows:
            found[row["filename"].removeprefix(f"{run.folder}/")].append(row)
        tail = found.pop(TAIL, [])
        damaged = {damage.path for damage in run.damaged()}
        live = [file.path for file in run.state.of(table)]
        digests = {
            path: known.get(path) or found.get(path, [])
            for path in live
            if str(run.folder / path) not in damaged
        }
        # A new dict, never a changed one: other threads may be reading the old.
        run.followed.digests[query] = digests
        return [row for rows in digests.values() for row in rows] + tail

    return run.remember(("digest", query), read)

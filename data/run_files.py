"""The files of one run: runs queries over them, around those that are damaged."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from data.conditions import Between, Condition
from data.damage import Damage
from data.database import empty_file, run_query
from data.following import FollowedRun, Seen
from data.lookup import look_up
from epochscope.log_reader import LogFile, LogState
from epochscope.schema import TABLES

T = TypeVar("T")

EVERY_STEP: tuple[int | None, int | None] = (None, None)
_TAILS = {"scalar": "scalars", "event": "events"}
_ATTEMPTS = 4  # of one query: files that are compacted away or found damaged under way


@dataclass(frozen=True)
class LayerRow:
    """One row of the table `layers`: a layer, or a module that holds layers."""

    layer: int
    parent: int | None
    kind: str
    name: str
    type: str
    order: int
    neurons: int | None
    weights: int
    shape: tuple[int, ...] | None
    activation: str | None
    tied_to: int | None
    frozen: bool
    group: str | None


class RunFiles:
    """One run as of the moment it was opened: its files do not change under a request."""

    def __init__(self, name: str, followed: FollowedRun, seen: Seen) -> None:
        """Hold what was seen of a followed run; open_run makes a Run of it."""
        self.name = name
        self.followed = followed
        self.folder: Path = followed.folder
        self._seen = seen

    @property
    def version(self) -> str:
        """Changes whenever anything new was committed, journalled or found damaged, not when it is compacted."""
        return self._seen.version

    @property
    def facts(self) -> dict[str, Any]:
        """What run.json says."""
        return self._seen.facts

    @property
    def state(self) -> LogState:
        """What is committed."""
        return self._seen.state

    @property
    def journalled(self) -> dict[str, int]:
        """The bytes read of each journal that no Parquet file holds yet."""
        return self._seen.tail.cursor

    @property
    def classes(self) -> tuple[tuple[int, str, int], ...]:
        """Index, name and number of images of each class."""
        return self.remember("classes", self._read_classes)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of their indexes."""
        names = tuple(name for _, name, _ in self.classes)
        return names or tuple(str(name) for name in self.facts.get("class_names") or ())

    @property
    def layers(self) -> tuple[LayerRow, ...]:
        """The module tree, layers and modules, in the order of their indexes."""
        return self.remember("layers", self._read_layers)

    def remember(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what compute returns, computed once per version of this run."""
        return self.followed.remember(key, self.version, compute)

    def fetch(
        self,
        query: str,
        table: str,
        steps: tuple[int | None, int | None] = EVERY_STEP,
        **parameters: object,
    ) -> pa.Table:
        """Run sql/<query>.sql over the files of a table that overlap the steps (first, last)."""
        return self.fetch_from(query, table, lambda state: state.of(table, *steps), **parameters)

    def fetch_from(
        self,
        query: str,
        table: str,
        choose: Callable[[LogState], Sequence[LogFile]],
        **parameters: object,
    ) -> pa.Table:
        """Run sql/<query>.sql over the files that choose picks; damaged ones are left out."""
        return self._read(choose, lambda files: self._run(query, table, files, parameters))

    def look_up(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, Condition],
        steps: tuple[int | None, int | None] = EVERY_STEP,
    ) -> pa.Table:
        """Return columns of the rows of a table that meet conditions, steps (first, last) included, in no order."""
        if steps != EVERY_STEP:
            where = {**where, "step": Between(*steps)}
        return self._read(
            lambda state: state.of(table, *steps),
            lambda files: look_up(
                [self.folder / file.path for file in files], TABLES[table].schema, columns, where
            ),
        )

    def has_tail(self, table: str) -> bool:
        """Tell whether rows of a table are still in the journal."""
        return bool(table in _TAILS and getattr(self._seen.tail, _TAILS[table]).num_rows)

    def damaged(self) -> tuple[Damage, ...]:
        """Return what of this run is known to be unreadable."""
        return self.followed.damaged()

    def _read(
        self,
        choose: Callable[[LogState], Sequence[LogFile]],
        read: Callable[[Sequence[LogFile]], pa.Table],
    ) -> pa.Table:
        """Read the files that choose picks, without the damaged ones."""
        for attempt in range(_ATTEMPTS):
            files = choose(self.state)
            try:
                files = self.followed.checks.find_sound(files)
                return read(files)
            except (OSError, pa.ArrowException, duckdb.Error):
                if not self._explain(files, last_try=attempt == _ATTEMPTS - 1):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _run(
        self, query: str, table: str, files: Sequence[LogFile], parameters: dict[str, object]
    ) -> pa.Table:
        paths = [empty_file(table), *(str(self.folder / file.path) for file in files)]
        tail = getattr(self._seen.tail, _TAILS[table]) if table in _TAILS else None
        return run_query(query, {"files": paths, **parameters}, tail)

    def _explain(self, files: Sequence[LogFile], last_try: bool) -> bool:
        """Find out why a query could not read its files; return whether to try again."""
        checks = self.followed.checks
        missing = [file for file in files if not (self.folder / file.path).exists()]
        if missing:
            self._seen = self.followed.look(afresh=True)
            named = {file.path for file in self.state.files}
            for file in missing:
                if file.path in named:
                    checks.miss(file)
            return not last_try
        found = [file for file in files if not checks.check(file, thoroughly=True)]
        return bool(found) and not last_try

    def _read_classes(self) -> tuple[tuple[int, str, int], ...]:
        rows = self.fetch("classes", "classes").to_pylist()
        return tuple((row["class"], row["name"], row["images"]) for row in rows)

    def _read_layers(self) -> tuple[LayerRow, ...]:
        rows = self.fetch("layers", "layers").to_pylist()
        return tuple(
            LayerRow(**{**row, "shape": None if row["shape"] is None else tuple(row["shape"])})
            for row in rows
        )

"""Writes a run: recorded steps, facts, snapshots, scalars and events; knows no torch."""

import json
import os
import socket
import time as clock
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from epochscope.commit_log import Draft, commit
from epochscope.journal import JournalFile, encode_frame
from epochscope.log_files import (
    COMMITS,
    HEARTBEAT,
    JOURNALS,
    RUN,
    TEMPORARY,
    LogError,
    put_if_absent,
    short_id,
)
from epochscope.log_reader import is_run
from epochscope.log_state import LogFile, LogState
from epochscope.parquet_files import conform, sort_rows
from epochscope.resuming import open_attempt
from epochscope.schema import TABLES, VERSION
from epochscope.table_files import write_meta, write_rows, write_snapshot

SEAL_ROWS = 65_536  # rows of a journal that become a Parquet file
SEAL_SECONDS = 600.0
GATHER_SECONDS = 1.0  # that staged steps wait at most, however long the last commit took


class RunExistsError(FileExistsError):
    """The folder holds a run already."""


class SupersededError(LogError):
    """A later attempt of the same run has begun: this writer must write no more."""


class LogWriter:
    """Writes one attempt of one run; used by one thread at a time."""

    def __init__(self, folder: Path, state: LogState, last_step: int = 0) -> None:
        """Write on after state; use create or resume instead."""
        self.folder = folder
        self.attempt = state.attempt
        self.last_step = last_step
        self._state = state
        self._id = short_id()
        self._journals = 0
        self._journal: JournalFile | None = None
        self._opened = 0.0
        self._staged: dict[str, list[pa.Table]] = {}
        self.staged_steps: list[int] = []
        self._staged_since = 0.0
        self._commit_seconds = 0.0  # the last group of recorded steps took to reach the disk
        self._pending: dict[str, list[tuple[object, ...]]] = {"scalar": [], "event": []}
        self._unsealed: dict[str, list[pa.RecordBatch]] = {"scalar": [], "event": []}

    @classmethod
    def create(cls, folder: Path, facts: Mapping[str, object]) -> "LogWriter":
        """Start a new run in folder; facts are JSON values: config, class_names, total_steps and others."""
        # Folders alone are what a kill in this very function leaves.
        if is_run(folder) or any((folder / COMMITS).glob("*.json")):
            raise _exists(folder)
        for name in (COMMITS, JOURNALS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        content = {
            "id": uuid.uuid4().hex,
            "created": datetime.now(UTC).isoformat(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "schema": VERSION,
            **facts,
        }
        if not put_if_absent(folder / RUN, json.dumps(content, indent=1).encode()):
            raise _exists(folder)
        return cls(folder, LogState())

    @classmethod
    def resume(cls, folder: Path, step: int | None) -> "LogWriter":
        """Start the next attempt of the run in folder, hiding what lies after step.

        Without a step training goes on after the last one that was logged.
        """
        state, last_step = open_attempt(folder, step)
        (folder / JOURNALS).mkdir(exist_ok=True)
        return cls(folder, state, last_step)

    def commit_step(self, step: int, tables: Mapping[str, pa.Table]) -> None:
        """Add the rows that tables hold of one recorded step: all of them appear, or none."""
        self.stage_step(step, tables)
        self.commit_staged()

    def stage_step(self, step: int, tables: Mapping[str, pa.Table]) -> None:
        """Keep the rows of one recorded step in memory until commit_staged."""
        rows = {name: conform(table, name) for name, table in tables.items() if table.num_rows}
        for name, table in rows.items():
            self._staged.setdefault(name, []).append(table)
        if not self.staged_steps:
            self._staged_since = clock.monotonic()
        self.staged_steps.append(step)

    def has_gathered(self) -> bool:
        """Tell whether staged steps have waited for as long as it takes to commit them, or a second.

        A commit of many steps costs about as much as of one, as most of it is waiting for the disk:
        a writer that has fallen behind catches up so.
        """
        waited = clock.monotonic() - self._staged_since
        return bool(self.staged_steps) and waited >= min(self._commit_seconds, GATHER_SECONDS)

    def commit_staged(self) -> None:
        """Add the rows of the staged steps: all of them appear, or none."""
        if not self.staged_steps:
            return
        began = clock.monotonic()
        # Let go of them first: rows that the disk refuses are not kept for ever.
        staged, self._staged = self._staged, {}
        last, self.staged_steps = max(self.staged_steps), []
        files = [
            write_rows(self.folder, name, pa.concat_tables(tables))
            for name, tables in staged.items()
        ]
        self._commit("record", last, files)
        self._commit_seconds = clock.monotonic() - began

    def commit_meta(self, files: Mapping[str, pa.Table | bytes]) -> None:
        """Add or replace tables of meta ("layers") and files of it ("graph.json")."""
        whole = {
            name: content if isinstance(content, bytes) else conform(content, name)
            for name, content in files.items()
        }
        added = [write_meta(self.folder, name, content) for name, content in whole.items()]
        replaced = {file.table for file in added}
        older = [file.path for file in self._state.files if file.table in replaced]
        self._commit("meta", None, added, older)

    def commit_snapshot(self, step: int, data: bytes) -> None:
        """Add the snapshot of a step, in safetensors bytes."""
        self._commit("snapshot", step, [write_snapshot(self.folder, step, data)])

    def add_scalars(self, rows: Sequence[tuple[int, str, float, datetime]]) -> None:
        """Keep rows (step, name, value, time) in memory until the next flush."""
        self._pending["scalar"].extend(rows)

    def add_event(
        self, step: int, kind: str, message: str, detail: Mapping[str, object], time: datetime
    ) -> None:
        """Keep an event in memory until the next flush; detail holds JSON values."""
        self._pending["event"].append((step, kind, message, json.dumps(detail), time))

    def flush(self) -> None:
        """Append what is in memory to the journal and sync it; seal a journal that is due."""
        batches = {name: _batch(name, rows) for name, rows in self._pending.items() if rows}
        if batches:
            journal = self._journal or self._open_journal()
            journal.append([encode_frame(name, batch) for name, batch in batches.items()])
            for name, batch in batches.items():
                self._pending[name].clear()
                self._unsealed[name].append(batch)
        rows = sum(batch.num_rows for kept in self._unsealed.values() for batch in kept)
        if rows >= SEAL_ROWS or (rows and clock.monotonic() - self._opened >= SEAL_SECONDS):
            self._seal()

    def beat(self, step: int, total_steps: int | None) -> None:
        """Replace the heartbeat, by which readers tell a running run from a crashed one."""
        content = {
            "time": datetime.now(UTC).isoformat(),
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "step": step,
            "total_steps": total_steps,
        }
        # Not synced: after a power cut an old or broken heartbeat says the same as none.
        temporary = self.folder / f"{HEARTBEAT}.{self._id}{TEMPORARY}"
        temporary.write_text(json.dumps(content))
        temporary.replace(self.folder / HEARTBEAT)
        self.last_step = step

    def close(self, state: str, message: str = "") -> None:
        """Write the rest and say how the run ended: state is "finished" or "failed"."""
        if state not in ("finished", "failed"):
            raise ValueError(f"a run ends 'finished' or 'failed', not {state!r}")
        self.commit_staged()
        self.flush()
        self._seal()
        op = "finish" if state == "finished" else "fail"
        self._commit(op, self._state.last_step, message=message)

    def _open_journal(self) -> JournalFile:
        name = f"a{self.attempt:04d}-{self._id}-{self._journals:06d}.journal"
        self._journal = JournalFile(self.folder / JOURNALS / name)
        self._journals += 1
        self._opened = clock.monotonic()
        return self._journal

    def _seal(self) -> None:
        if self._journal is None:
            return
        files = [
            write_rows(self.folder, name, sort_rows(pa.Table.from_batches(batches), name))
            for name, batches in self._unsealed.items()
            if batches
        ]
        step = max((file.step_max or 0 for file in files), default=None)
        self._commit("seal", step, files, [f"{JOURNALS}/{self._journal.path.name}"])
        self._journal.close()
        self._journal = None
        self._unsealed = {name: [] for name in self._unsealed}

    def _commit(
        self,
        op: str,
        step: int | None,
        add: Sequence[LogFile] = (),
        remove: Sequence[str] = (),
        message: str = "",
    ) -> None:
        draft = Draft(op, self.attempt, step, add, remove, message)

        def revise(state: LogState) -> Draft:
            if state.attempt > self.attempt:
                raise SupersededError(
                    f"attempt {state.attempt} of the run {str(self.folder)!r} has begun;"
                    f" attempt {self.attempt} may write no more"
                )
            return draft

        self._state = commit(self.folder, self._state, draft, revise)


def _batch(name: str, rows: Sequence[tuple[object, ...]]) -> pa.RecordBatch:
    schema = TABLES[name].schema
    columns = zip(*rows, strict=True)
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _exists(folder: Path) -> RunExistsError:
    return RunExistsError(
        f"the folder {str(folder)!r} holds a run already;"
        " give another path, or resume=True to go on with it"
    )

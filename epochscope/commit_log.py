"""The commit log of a run: numbered records, each put in place whole or not at all."""

import errno
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from epochscope.log_files import COMMITS, LogError, checksum, put_if_absent
from epochscope.log_state import End, LogFile, LogState, Problem, Record, fold
from epochscope.schema import VERSION

CHECKPOINT_EVERY = 64  # records; a reader of a long log starts at the newest checkpoint

# Troubles of the reader, not of the record: a reader that follows must not hold them against it.
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)

_NAME = re.compile(r"(\d{20})(\.checkpoint)?\.json")


@dataclass(frozen=True)
class Draft:
    """A commit record that has no number yet."""

    op: str
    attempt: int
    step: int | None = None
    add: Sequence[LogFile] = ()
    remove: Sequence[str] = ()
    message: str = ""


def read_commits(folder: Path, before: LogState | None = None) -> LogState:
    """Fold the records that came after before; without it, start at the newest checkpoint."""
    records, checkpoints = _list(folder / COMMITS)
    state = before or _read_checkpoint(folder, checkpoints) or LogState()
    for seq in range(state.next_seq, max(records, default=-1) + 1):
        found = read_record(folder, seq)
        if isinstance(found, Problem):
            state = replace(state, next_seq=seq + 1, problems=(*state.problems, found))
        else:
            state = fold(state, found)
    return state


def read_records(folder: Path) -> Iterator[Record | Problem]:
    """Yield every record from the first one on, or what is wrong with it."""
    records, _ = _list(folder / COMMITS)
    for seq in range(max(records, default=-1) + 1):
        yield read_record(folder, seq)


def read_record(folder: Path, seq: int) -> Record | Problem:
    """Return one record, or what is wrong with it."""
    path = f"{COMMITS}/{seq:020d}.json"
    lost = "the files that this record added to the run or removed from it"
    try:
        return _parse((folder / path).read_bytes(), path)
    except FileNotFoundError:
        return Problem(path, "is missing", lost)
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, OSError) and error.errno in _PASSING:
            raise
        return Problem(path, f"is damaged ({error})", lost)


def check_checkpoints(folder: Path) -> list[Problem]:
    """Return what is wrong with the checkpoints of a log."""
    found = [_read_one_checkpoint(folder, seq) for seq in _list(folder / COMMITS)[1]]
    return [problem for problem in found if isinstance(problem, Problem)]


def commit(
    folder: Path, state: LogState, draft: Draft, revise: Callable[[LogState], Draft] | None = None
) -> LogState:
    """Put draft in place as the next record and return the state after it.

    A number that another writer took is retried at the next, after revise has seen what
    that writer changed: it returns the draft to try now, or raises.
    """
    while True:
        record = _number(draft, state.next_seq)
        if put_if_absent(folder / COMMITS / f"{record['seq']:020d}.json", _seal(record)):
            break
        state = read_commits(folder, state)
        draft = revise(state) if revise else draft
    state = fold(state, record)
    # With a record missing it would hide for ever what a restored copy could bring back.
    if state.next_seq % CHECKPOINT_EVERY == 0 and not state.problems:
        with suppress(OSError):  # the record is in place: without a checkpoint it is read slower
            _write_checkpoint(folder, state)
    return state


def _list(folder: Path) -> tuple[list[int], list[int]]:
    try:
        names = [_NAME.fullmatch(path.name) for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    except OSError as error:
        raise LogError(f"{folder} cannot be read ({error.strerror}); make it readable") from error
    found = [(int(name[1]), name[2] is not None) for name in names if name]
    return [seq for seq, is_checkpoint in found if not is_checkpoint], sorted(
        (seq for seq, is_checkpoint in found if is_checkpoint), reverse=True
    )


def _number(draft: Draft, seq: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "op": draft.op,
        "step": draft.step,
        "attempt": draft.attempt,
        "schema": VERSION,
        "time": datetime.now(UTC).isoformat(),
        "message": draft.message,
        "add": [asdict(file) for file in draft.add],
        "remove": list(draft.remove),
    }


def _seal(content: dict[str, Any]) -> bytes:
    return json.dumps({**content, "crc32": _crc(content)}).encode()


def _parse(data: bytes, path: str) -> dict[str, Any]:
    content = json.loads(data)
    if not isinstance(content, dict):
        raise TypeError("it is no JSON object")
    if content.pop("crc32", None) != _crc(content):
        raise ValueError("its checksum is wrong")
    if content["schema"] > VERSION:
        raise LogError(
            f"{path!r} was written by a newer Epochscope (log schema {content['schema']},"
            f" this one reads up to {VERSION}); install the newer version"
        )
    return content


def _crc(content: dict[str, Any]) -> int:
    return checksum(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())


def _write_checkpoint(folder: Path, state: LogState) -> None:
    end = state.end
    content = {
        "schema": VERSION,
        "next_seq": state.next_seq,
        "files": [asdict(file) for file in state.files],
        "attempt": state.attempt,
        "end": end and {**asdict(end), "time": end.time.isoformat()},
        "problems": [asdict(problem) for problem in state.problems],
        "retired": sorted(state.retired),
    }
    put_if_absent(folder / COMMITS / f"{state.next_seq - 1:020d}.checkpoint.json", _seal(content))


def _read_checkpoint(folder: Path, newest_first: Sequence[int]) -> LogState | None:
    for seq in newest_first:
        found = _read_one_checkpoint(folder, seq)
        if isinstance(found, LogState):
            return found  # else an older one, or the records themselves, tell the same
    return None


def _read_one_checkpoint(folder: Path, seq: int) -> LogState | Problem:
    path = f"{COMMITS}/{seq:020d}.checkpoint.json"
    try:
        return _unpack(_parse((folder / path).read_bytes(), path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Problem(path, f"is damaged ({error})", "nothing: the records before it say the same")


def _unpack(content: dict[str, Any]) -> LogState:
    end = content["end"]
    return LogState(
        next_seq=content["next_seq"],
        files=tuple(LogFile(**entry) for entry in content["files"]),
        attempt=content["attempt"],
        end=end and End(**{**end, "time": datetime.fromisoformat(end["time"])}),
        problems=tuple(Problem(**entry) for entry in content["problems"]),
        retired=frozenset(content["retired"]),
    )

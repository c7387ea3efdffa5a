"""Checks runs against their checksums and names what is lost with each damaged file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from epochscope.commit_log import check_checkpoints, read_records
from epochscope.garbage import list_files
from epochscope.journal import Frame, Gap, read_frames
from epochscope.log_files import COMMITS, HEARTBEAT, TEMPORARY, LogError
from epochscope.log_reader import open_journals, read_file, read_heartbeat, read_log, read_run_facts
from epochscope.log_state import LogFile, LogState, Problem, Record


@dataclass(frozen=True)
class Report:
    """What is damaged in a run, and what a crash left there that does no harm."""

    folder: Path
    damage: tuple[Problem, ...]
    leavings: tuple[str, ...]
    files: int  # that were checked


def verify(folder: Path) -> Report:
    """Check every file of the run in folder."""
    try:
        read_run_facts(folder)
        damage = []
    except LogError as error:
        damage = [Problem("run.json", f"is damaged ({error})", "configuration and class names")]
    try:
        state = read_log(folder)
        records = list(read_records(folder))
    except LogError as error:
        return Report(
            folder, (*damage, Problem(COMMITS, str(error), "every table, until then")), (), 0
        )
    sound = [record for record in records if not isinstance(record, Problem)]
    wrong = [record for record in records if isinstance(record, Problem)]
    orphans = sorted(set(list_files(folder)) - _named(sound) - set(open_journals(folder, state)))
    damage += [_explain(problem, state, orphans) for problem in wrong]
    damage += check_checkpoints(folder)
    damage += _check_files(folder, state, sound)
    damage += [problem for record in sound for problem in _lost_in_seals(record)]
    leavings = [f"{path} is in no commit record" for path in orphans]
    for path in open_journals(folder, state):
        found, torn = _check_journal(folder, path)
        damage += found
        leavings += torn
    damage += _check_heartbeat(folder)
    checked = len(sound) + len(state.files)
    return Report(folder, tuple(damage), tuple(leavings), checked)


def _named(records: list[Record]) -> set[str]:
    added = {entry["path"] for record in records for entry in record["add"]}
    return added.union(*(record["remove"] for record in records))


def _explain(problem: Problem, state: LogState, orphans: list[str]) -> Problem:
    if all(known.path != problem.path for known in state.problems):
        return Problem(problem.path, problem.reason, "nothing: a checkpoint says the same")
    candidates = [path for path in orphans if not path.endswith(TEMPORARY)]
    if not candidates:
        return problem
    return Problem(problem.path, problem.reason, f"{problem.lost}: any of {', '.join(candidates)}")


def _check_files(folder: Path, state: LogState, records: list[Record]) -> Iterator[Problem]:
    live = {file.path for file in state.files}
    hidden = {
        path: record["step"]
        for record in records
        if record["op"] == "truncate"
        for path in record["remove"]
    }
    files = {entry["path"]: LogFile(**entry) for record in records for entry in record["add"]}
    files.update((file.path, file) for file in state.files)
    for path, file in files.items():
        if path not in live and path not in hidden:
            continue
        try:
            read_file(folder, file)
        except FileNotFoundError:
            # A run that is being compacted moves on while it is checked.
            if path not in hidden and path not in _live(folder):
                continue
            reason = "is missing"
        except LogError as error:
            reason = str(error).removeprefix(f"{path} ")
        else:
            continue
        lost = file.describe()
        if path not in live:
            lost += f", which were hidden when step {hidden[path]} was resumed"
        yield Problem(path, reason, lost)


def _live(folder: Path) -> set[str]:
    return {file.path for file in read_log(folder).files}


def _check_journal(folder: Path, path: str) -> tuple[list[Problem], list[str]]:
    try:
        found = list(read_frames((folder / path).read_bytes()))
    except FileNotFoundError:
        return [], []  # sealed and collected meanwhile
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        return [Problem(path, reason, "rows of scalar or event")], []
    damage, torn = [], []
    for place, gap in enumerate(found):
        if isinstance(gap, Frame):
            continue
        if gap.torn:
            torn.append(f"{path} ends in a torn frame of {gap.end - gap.start} bytes")
        else:
            damage.append(_lost_frame(path, found, place, gap))
    return damage, torn


def _lost_frame(path: str, found: list[Frame | Gap], place: int, gap: Gap) -> Problem:
    before = [frame for frame in found[:place] if isinstance(frame, Frame)]
    behind = [frame for frame in found[place + 1 :] if isinstance(frame, Frame)]
    first = f"step {_steps(before[-1])[1]}" if before else "the start of the journal"
    last = f"step {_steps(behind[0])[0]}" if behind else "its end"
    return Problem(
        path,
        f"is damaged in bytes {gap.start} to {gap.end}",
        f"rows of scalar or event that were logged between {first} and {last}",
    )


def _steps(frame: Frame) -> tuple[int, int]:
    steps = frame.rows.column("step").to_numpy()
    return int(steps.min()), int(steps.max())


def _lost_in_seals(record: Record) -> Iterator[Problem]:
    # Damage that a resume met in the journals it sealed: the rows are gone since.
    if record["op"] == "seal" and record["message"]:
        for path in record["remove"]:
            yield Problem(
                path,
                f"was damaged when it was sealed ({record['message']})",
                "rows of scalar or event there",
            )


def _check_heartbeat(folder: Path) -> list[Problem]:
    if not (folder / HEARTBEAT).exists() or read_heartbeat(folder) is not None:
        return []
    return [Problem(HEARTBEAT, "is damaged", "the time of the recorder's last sign of life")]

"""The command line: python -m epochscope verify, list, export, compact or gc."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from epochscope.compaction import collect_garbage, compact
from epochscope.export import export
from epochscope.log_files import LogError
from epochscope.log_reader import find_runs, is_run
from epochscope.log_state import Problem
from epochscope.run_states import RunLine, describe_run
from epochscope.verify import verify

DAMAGED = 1
UNUSABLE = 2  # the exit code of argparse, too


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for damage, 2 for a wrong argument."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        code = command(chosen)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LogError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{error.filename or chosen.folder} cannot be used: {error.strerror}\n")
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m epochscope", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, what, text in (
        ("verify", _verify, "LOGDIR", "check every file against its checksum"),
        ("list", _list, "LOGDIR", "name the runs with their state, steps and size"),
        ("export", _export, "RUNFOLDER", "give a table back as CSV, JSON lines or Parquet"),
        ("compact", _compact, "RUNFOLDER", "merge small files so that queries are fast"),
        ("gc", _collect, "RUNFOLDER", "delete merged files and what a crash has left"),
    ):
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("folder", metavar=what, type=Path)
        one.set_defaults(command=command)
        if name == "export":
            one.add_argument("table", metavar="TABLE")
            one.add_argument("--out", metavar="FILE", type=Path)
        if name == "gc":
            one.add_argument("--older-than", metavar="SECONDS", type=float, default=600.0)
    return parser


def _verify(chosen: argparse.Namespace) -> int:
    damaged = False
    for folder in _runs(chosen.folder):
        report = verify(folder)
        damaged = damaged or bool(report.damage)
        name = _name(chosen.folder, folder)
        word = "damaged" if report.damage else "sound"
        _say(f"{name}: {word}, {report.files} files and records checked")
        for problem in report.damage:
            _say(f"  {_sentence(problem)}")
        for leaving in report.leavings:
            _say(f"  harmless: {leaving}")
    return DAMAGED if damaged else 0


def _list(chosen: argparse.Namespace) -> int:
    lines = [describe_run(folder, _name(chosen.folder, folder)) for folder in _runs(chosen.folder)]
    width = max(len(line.name) for line in lines)
    _say(f"{'run':{width}}  {'state':10}  {'steps':>19}  {'MB':>9}")
    for line in lines:
        _say(f"{line.name:{width}}  {line.state:10}  {_steps(line):>19}  {line.bytes / 1e6:>9.2f}")
    return 0


def _export(chosen: argparse.Namespace) -> int:
    damage = export(chosen.folder, chosen.table, chosen.out, sys.stdout.buffer)
    for problem in damage:
        sys.stderr.write(f"{_sentence(problem)}\n")
    return DAMAGED if damage else 0


def _compact(chosen: argparse.Namespace) -> int:
    _say(f"{compact(_run(chosen.folder))} files written")
    return 0


def _collect(chosen: argparse.Namespace) -> int:
    _say(f"{collect_garbage(_run(chosen.folder), chosen.older_than)} files deleted")
    return 0


def _runs(logdir: Path) -> list[Path]:
    if not logdir.is_dir():
        raise LogError(f"there is no folder {str(logdir)!r}; name a run or a folder of runs")
    next(logdir.iterdir(), None)  # raises where the folder may not be listed
    folders = list(find_runs(logdir))
    if not folders:
        raise LogError(f"the folder {str(logdir)!r} holds no run; name a run or a folder of runs")
    return folders


def _run(folder: Path) -> Path:
    if not is_run(folder):
        raise LogError(f"the folder {str(folder)!r} holds no run; name one that holds run.json")
    return folder


def _name(logdir: Path, folder: Path) -> str:
    return folder.resolve().name if folder == logdir else folder.relative_to(logdir).as_posix()


def _steps(line: RunLine) -> str:
    step = "-" if line.step is None else f"{line.step:,}"
    return step if line.total_steps is None else f"{step} of {line.total_steps:,}"


def _sentence(problem: Problem) -> str:
    return f"{problem.path} {problem.reason}; lost: {problem.lost}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())

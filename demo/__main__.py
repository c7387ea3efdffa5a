"""Records the demo's runs, two at a time, with progress bars: python -m demo."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from demo.catalogue import RUNS, Order
from demo.workers import record
from epochscope.log_reader import is_run, read_log

NAME_OF_FAILURE = "Loss is"  # how the message of a run that fails on purpose begins


def main() -> int:
    """Record what is missing of the demo and say where it lies."""
    arguments = _parse_arguments()
    log = arguments.logdir if arguments.cifar10 is None else arguments.logdir / "cifar10"
    if arguments.logdir.exists() and not arguments.logdir.is_dir():
        sys.stderr.write(f"{str(arguments.logdir)!r} is a file: name a folder for the runs.\n")
        return 2
    missing = [name for name in RUNS if not _is_recorded(log / name)]
    for name in missing:
        _set_aside(log / name)
    try:
        record([Order(name, log / name, arguments.cifar10) for name in missing])
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"The demo's {len(RUNS)} runs lie in {str(log)!r}.\n")
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--logdir", type=Path, default=Path("runs"), help="where the runs go")
    parser.add_argument(
        "--cifar10",
        type=Path,
        metavar="FOLDER",
        help="train on CIFAR-10 from here (Parquet or binary version) instead of on digits",
    )
    return parser.parse_args()


def _is_recorded(folder: Path) -> bool:
    """Tell whether the run came to the end it was meant to come to."""
    if not is_run(folder):
        return False
    end = read_log(folder).end
    return end is not None and (end.state == "finished" or end.message.startswith(NAME_OF_FAILURE))


def _set_aside(folder: Path) -> None:
    """Move an interrupted recording out of the way: nothing recorded is ever lost."""
    if folder.exists():
        aside = folder.parent / "interrupted" / f"{folder.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        aside.parent.mkdir(exist_ok=True)
        folder.rename(aside)


if __name__ == "__main__":
    sys.exit(main())

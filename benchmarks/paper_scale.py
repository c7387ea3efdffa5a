"""Writes a log of the size of ResNet-50 on ImageNet: python benchmarks/paper_scale.py LOGDIR."""

import argparse
import sys
import time
from pathlib import Path

if not __package__:  # run as a script, which finds its neighbours only
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.paper_log.plan import Plan
from benchmarks.paper_log.writer import write_paper_log


def main() -> None:
    """Write the log that the command line asks for, and print what it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logdir", type=Path, help="folder that the run is written into")
    parser.add_argument("--name", default="resnet50", help="of the run")
    parser.add_argument("--seed", type=int, default=7, help="moves everything that is planted")
    parser.add_argument(
        "--fraction", type=float, default=1.0, help="of the classes, filters and steps (0.02)"
    )
    parser.add_argument("--no-plants", action="store_true", help="leave the eight patterns out")
    given = parser.parse_args()
    begin = time.perf_counter()
    plan = Plan(given.seed, given.fraction, not given.no_plants)
    log = write_paper_log(given.logdir, plan, given.name)
    files = [path for path in (log.folder / log.name).rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(
        f"{plan.recorded} recorded of {plan.total_steps:,} steps, {plan.classes} classes:"
        f" {time.perf_counter() - begin:.0f} s, {size:.1f} MB in {len(files)} files"
    )


if __name__ == "__main__":
    main()

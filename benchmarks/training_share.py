"""What recording costs a training of minutes at the default cadence: statistics and validation apart."""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.networks import build_network
from benchmarks.timing import print_head, print_row
from epochscope import Recorder
from epochscope.log_reader import read_log, read_table

BLOCK = 20  # steps trained with and without the recorder in turn


VALIDATE_EVERY = 500  # steps


@dataclass(frozen=True)
class Share:
    """What a recorded training took, beside the same training without a recorder."""

    steps: int
    recorded_steps: int
    bare_seconds: float  # of all blocks without the recorder
    recorded_seconds: float  # of all blocks with it, validations left out
    validation_seconds: float


def main() -> None:
    """Train two copies in turn, one of them recorded, and print what the recorder added."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of the recorded training")
    minutes = parser.parse_args().minutes
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        share = measure_share(Path(folder) / "run", 60 * minutes)
    print_head(
        f"A training of {minutes:g} minutes at the default cadence, {share.steps:,} steps",
        "statistics at most 5 % of training time; at least 100 recorded steps in ten minutes",
    )
    added = share.recorded_seconds - share.bare_seconds
    bare = f"bare {share.bare_seconds:.1f} s"
    print_row("statistics", f"{added:.2f} s", bare, added / share.bare_seconds)
    spent = share.validation_seconds
    print_row("validation passes", f"{spent:.2f} s", bare, spent / share.bare_seconds)
    print_row(
        "recorded steps", f"{share.recorded_steps}", "promised 100", share.recorded_steps / 100
    )


def measure_share(folder: Path, seconds: float) -> Share:
    """Train for `seconds` with the recorder and as many steps without, block by block."""
    recorded_network, inputs = build_network("0.1 M")
    bare_network, _ = build_network("0.1 M")
    labels = torch.arange(len(inputs)) % 10
    validation = DataLoader(TensorDataset(inputs.repeat(32, 1, 1, 1), labels.repeat(32)), 256)
    optimizer = torch.optim.SGD(recorded_network.parameters(), 1e-3)
    train_bare = _make_step(bare_network, torch.optim.SGD(bare_network.parameters(), 1e-3), inputs)
    train = _make_step(recorded_network, optimizer, inputs)
    spent = {"recorded": 0.0, "bare": 0.0, "validation": 0.0}
    steps = 0
    with Recorder(folder, recorded_network, optimizer=optimizer) as recorder:
        recorder.log_images(validation.dataset)
        while spent["recorded"] < seconds:
            spent["recorded"] += _time(lambda: recorder.step(loss=train()))
            spent["bare"] += _time(train_bare)
            steps += BLOCK
            if steps % VALIDATE_EVERY == 0:
                begin = time.perf_counter()
                recorder.validate(validation, loss=functional.cross_entropy)
                spent["validation"] += time.perf_counter() - begin
    files = read_log(folder).of("layer_stat")
    recorded = {step for file in files for step in read_table(folder, file)["step"].to_pylist()}
    return Share(steps, len(recorded), spent["bare"], spent["recorded"], spent["validation"])


def _time(train_one: Callable[[], object]) -> float:
    begin = time.perf_counter()
    for _ in range(BLOCK):
        train_one()
    return time.perf_counter() - begin


def _make_step(
    network: nn.Module, optimizer: torch.optim.Optimizer, inputs: Tensor
) -> Callable[[], Tensor]:
    labels = torch.arange(len(inputs)) % 10

    def step() -> Tensor:
        loss = functional.cross_entropy(network(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


if __name__ == "__main__":
    main()

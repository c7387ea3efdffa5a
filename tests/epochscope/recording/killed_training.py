"""Imports torch once, then forks trainings that record until they are killed; a line each asks."""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from epochscope import Recorder


def train(folder: Path, steps: int) -> None:
    """Record; every returned call is noted with its time, straight to the file."""
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = [(torch.rand(10, 6), torch.arange(10) % 3)]
    notes = os.open(folder.with_suffix(".notes"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Recorder(folder, model, optimizer=optimizer, every=10) as recorder:
        for step in range(1, steps + 1):
            loss = nn.functional.cross_entropy(model(loader[0][0]), loader[0][1])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss)
            if step % 40 == 0:
                recorder.validate(loader)
            os.write(notes, f"{step} {time.time()}\n".encode())
            time.sleep(0.005)


def main() -> None:
    """Fork a training into each folder that is named on standard input; print its process id."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        train(Path(folder) / "run", 40)  # what is imported late is there before the clock runs
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            train(Path(line.strip()), 1_000_000)
            os._exit(1)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.environ["EPOCHSCOPE_GRAPH"] = "off"
    main()

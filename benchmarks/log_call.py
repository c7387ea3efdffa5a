"""What a call costs that only logs, beside TensorBoard's add_scalar."""

import tempfile
import time
import warnings
from pathlib import Path

import torch
from torch import nn

from benchmarks.timing import measure_pair, print_head, print_row
from epochscope import Recorder

CALLS = 20_000


def main() -> None:
    """Print the 50th and the 99th percentile of `recorder.step(loss=…)` on steps not due."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.utils.tensorboard import SummaryWriter

    torch.set_num_threads(1)
    network = nn.Linear(4, 4)
    loss = torch.tensor(0.25)
    with tempfile.TemporaryDirectory() as folder:
        writer = SummaryWriter(folder)
        with Recorder(Path(folder) / "run", network, every=10**9) as recorder:
            for _ in range(300):  # past the powers of two that are always recorded
                recorder.step(loss=loss)
            ours, theirs = measure_pair(
                lambda: recorder.step(loss=loss),
                lambda: writer.add_scalar("loss", loss, 0),
                CALLS,
                clock=time.perf_counter,
            )
        writer.close()
    print_head("A call that only logs", "under 50 µs at p99")
    for share in (0.5, 0.99):
        mine, other = ours.percentile(share), theirs.percentile(share)
        print_row(
            f"step(loss=tensor), p{100 * share:.0f}",
            f"{1e6 * mine:.1f} µs",
            f"add_scalar {1e6 * other:.0f} µs",
            other / mine,
        )


if __name__ == "__main__":
    main()

"""What a call costs that only logs, beside TensorBoard's add_scalar."""

import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from benchmarks.timing import Times, print_head, print_row
from epochscope import Recorder

CALLS = 5_000


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
            ours = _measure(lambda: recorder.step(loss=loss))
        # Not in turn: TensorBoard's own thread would take the interpreter from our calls.
        theirs = _measure(lambda: writer.add_scalar("loss", loss, 0))
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


def _measure(call: Callable[[], object]) -> Times:
    seconds = []
    work = torch.ones(256, 256)
    for _ in range(CALLS):
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
        torch.mm(work, work)  # what a training does in between: the thread does not rest
    return Times(tuple(seconds))


if __name__ == "__main__":
    main()

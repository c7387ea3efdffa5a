"""What a call costs that only logs, where it is cheapest and where it is dearest.

A warm loop flatters any call: a training works between two of them, and finds its code evicted
from the caches. At the start of a run the writer thread still measures the first recorded steps
and holds the interpreter, and so it does now and then in any training. So four situations, each
beside bare Python in the same situation. How often the machine itself interrupts a program is
counted too: at 400 times a second, one of a hundred stretches of 25 µs is interrupted.
"""

import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from benchmarks.networks import build_network
from benchmarks.timing import Times, print_head, print_row
from epochscope import Recorder

CALLS = 5_000
STEPS = 3_000  # of the training
EVERY = 50
WARM_UP = 300  # steps: past the powers of two that are always recorded
SETTLED = 2.0  # seconds in which the writer thread is done with those
WATCHED = 3.0  # seconds in which interruptions are counted
INTERRUPTED = 15e-6  # seconds between two readings of the clock that are one
APPENDS = 12  # of the control: about as much Python as one call

Call = Callable[[], object]


def main() -> None:
    """Print the median and the 99th percentile of `recorder.step(loss=…)` on steps not due."""
    torch.set_num_threads(1)
    print_head("A call that only logs", "under 50 µs at p99")
    loss = torch.tensor(0.25)
    control = _make_control(loss)
    with tempfile.TemporaryDirectory() as folder:
        for name, settle, work in (
            ("settled, warm loop", True, False),
            ("settled, a matrix product between calls", True, True),
            ("right after the first recorded steps", False, False),
        ):
            _report(name, _record(Path(folder) / name, loss, settle, work), _time(control, work))
        _report(f"in a training, each {EVERY}th step recorded", *_train(Path(folder) / "training"))
        _report("settled, warm loop, beside add_scalar", *_beside_tensorboard(folder, loss))
    _report_interruptions()


def _report(name: str, ours: Times, other: Times) -> None:
    for share in (0.5, 0.99):
        mine, theirs = ours.percentile(share), other.percentile(share)
        what = "add_scalar" if "add_scalar" in name else f"{APPENDS} appends"
        print_row(
            f"{name}, p{100 * share:.0f}",
            f"{1e6 * mine:.1f} µs",
            f"{what} {1e6 * theirs:.1f} µs",
            mine / theirs,
        )


def _report_interruptions() -> None:
    gaps = []
    began = last = time.perf_counter()
    while last - began < WATCHED:
        now = time.perf_counter()
        if now - last > INTERRUPTED:
            gaps.append(now - last)
        last = now
    median = f", median {1e6 * Times(tuple(gaps)).median:.0f} µs" if gaps else ""
    print(
        f"an empty loop is interrupted {len(gaps) / WATCHED:.0f} times a second "
        f"for {1e6 * INTERRUPTED:.0f} µs or more{median}"
    )


def _record(folder: Path, loss: torch.Tensor, settle: bool, work: bool) -> Times:
    with Recorder(folder, nn.Linear(4, 4), every=10**9) as recorder:
        for _ in range(WARM_UP):
            recorder.step(loss=loss)
        if settle:
            time.sleep(SETTLED)
        return _time(lambda: recorder.step(loss=loss), work)


def _train(folder: Path) -> tuple[Times, Times]:
    """Time the calls that neither record a step nor prepare for the next; the control afterwards."""
    network, inputs = build_network("0.1 M")
    optimizer = torch.optim.SGD(network.parameters(), 1e-3)
    ours, others = [], []
    with Recorder(folder, network, optimizer=optimizer, every=EVERY) as recorder:
        for step in range(1, STEPS + 1):
            loss = network(inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            began = time.perf_counter()
            recorder.step(loss=loss)
            called = time.perf_counter()
            if step > WARM_UP and 0 < step % EVERY < EVERY - 1:
                ours.append(called - began)
        control = _make_control(loss)
        for _ in range(len(ours)):
            network(inputs).square().mean().backward()  # type: ignore[no-untyped-call]
            others += _time(control, work=False, calls=1).seconds
    return Times(tuple(ours)), Times(tuple(others))


def _beside_tensorboard(folder: str, loss: torch.Tensor) -> tuple[Times, Times]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.utils.tensorboard import SummaryWriter

    ours = _record(Path(folder) / "beside", loss, settle=True, work=False)
    writer = SummaryWriter(folder)
    theirs = _time(lambda: writer.add_scalar("loss", loss, 0), work=False)
    writer.close()
    return ours, theirs


def _make_control(loss: torch.Tensor) -> Call:
    rows: deque[tuple[int, str, int, float]] = deque(maxlen=10_000)

    def append() -> None:
        for step in range(APPENDS):
            rows.append((step, "loss", loss.numel(), time.time()))

    return append


def _time(call: Call, work: bool, calls: int = CALLS) -> Times:
    seconds = []
    matrix = torch.ones(256, 256)
    for _ in range(calls):
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
        if work:
            torch.mm(matrix, matrix)
    return Times(tuple(seconds))


if __name__ == "__main__":
    main()

"""What a recorded step costs the training thread, beside TensorBoard's histograms of the same tensors."""

import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.networks import SIZES, build_network
from benchmarks.timing import Times, print_head, print_row
from epochscope import Recorder

PROMISED = {"0.1 M": 5, "2 M": 5, "25 M": 3}
WARM_UP = 3  # steps: the first passes export the graph and fill caches
REPEATS = {"0.1 M": 60, "2 M": 25, "25 M": 7}


def main() -> None:
    """Print the CPU time of a recorded step for three sizes of network."""
    torch.set_num_threads(1)
    print_head(
        "Training-thread CPU of a recorded step (weights, biases, gradients, activations)",
        "at least 5, 5 and 3 times cheaper than tensorboard's add_histogram",
    )
    for size in SIZES:
        ours, theirs = measure_recorded_step(size, REPEATS[size])
        ratio = theirs.median / ours.median
        print_row(
            f"{size} weights (promised {PROMISED[size]}x)",
            f"{1e3 * ours.median:.2f} ms",
            f"tensorboard {1e3 * theirs.median:.1f} ms",
            ratio,
        )


def measure_recorded_step(size: str, repeats: int) -> tuple[Times, Times]:
    """Return the thread's CPU seconds per step, beyond the training itself: ours, TensorBoard's.

    The three trainings take their steps in turn, so that each difference is of neighbours.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        steps = (
            _make_step(*build_network(size)),
            _record_every_step(size, Path(folder) / "run", closing),
            _log_histograms(size, folder, closing),
        )
        taken = [[_time(step) for step in steps] for _ in range(repeats + WARM_UP)][WARM_UP:]
    ours = Times(tuple(recorded - plain for plain, recorded, _ in taken))
    return ours, Times(tuple(logged - plain for plain, _, logged in taken))


def _time(step: Callable[[], object]) -> float:
    begin = time.thread_time()
    step()
    return time.thread_time() - begin


def _make_step(network: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    optimizer = torch.optim.SGD(network.parameters(), 1e-3)

    def step() -> Tensor:
        loss: Tensor = network(inputs).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def _record_every_step(size: str, folder: Path, closing: ExitStack) -> Callable[[], object]:
    network, inputs = build_network(size)
    optimizer = torch.optim.SGD(network.parameters(), 1e-3)
    recorder = closing.enter_context(Recorder(folder, network, optimizer=optimizer, every=1))

    def step() -> None:
        loss = network(inputs).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        recorder.step(loss=loss)

    return step


def _log_histograms(size: str, folder: str, closing: ExitStack) -> Callable[[], object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.utils.tensorboard import SummaryWriter

    network, inputs = build_network(size)
    step = _make_step(network, inputs)
    writer = SummaryWriter(folder)
    activations: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            activations[name] = output.detach()

        return hook

    for name, module in network.named_children():
        if any(True for _ in module.parameters()):
            module.register_forward_hook(keep(name))

    def log() -> None:
        step()
        for name, parameter in network.named_parameters():
            writer.add_histogram(name, parameter.detach(), 0)
            writer.add_histogram(name + "/gradient", parameter.grad, 0)
        for name, activation in activations.items():
            writer.add_histogram(name + "/activation", activation, 0)

    closing.callback(writer.close)
    return log


if __name__ == "__main__":
    main()

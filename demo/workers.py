"""Trains the demo's runs in two processes and shows how far each is."""

from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from queue import Empty, Queue
from typing import cast

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as TimeColumn

from demo.catalogue import RUNS, Order, train
from demo.trainings import NonFiniteLossError

Steps = Queue[tuple[str, int]]  # (run, step) as the workers take them

WORKERS = 2


def record(orders: list[Order]) -> None:
    """Train and record the runs of `orders`; what stops one of them is raised when all are done."""
    if not orders:
        return
    context = get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(WORKERS, context) as pool:
        steps = cast(Steps, manager.Queue())
        futures = [pool.submit(_train_one, order, steps) for order in orders]
        _show_progress([order.name for order in orders], steps, futures)
        for future in futures:
            future.result()


def _train_one(order: Order, steps: Steps) -> None:
    def report(step: int) -> None:
        steps.put((order.name, step))

    try:
        train(order, report)
    except NonFiniteLossError:
        # This is what the run is there to show; its log says that it failed.
        report(RUNS[order.name].steps)


def _show_progress(names: list[str], steps: Steps, futures: list[Future[None]]) -> None:
    columns = (
        TextColumn("{task.description:<13}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeColumn(),
    )
    with Progress(*columns) as progress:
        bars: dict[str, TaskID] = {
            name: progress.add_task(name, total=RUNS[name].steps, start=False) for name in names
        }
        while not all(future.done() for future in futures) or not steps.empty():
            try:
                name, step = steps.get(timeout=0.2)
            except Empty:
                continue
            progress.start_task(bars[name])
            progress.update(bars[name], completed=step)

"""The scalars of a paper-scale run: a loss at every step, errors, learning rate and epoch."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.paper_log.plan import IMAGES, Plan
from benchmarks.paper_log.results import Answers

CREATED = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
SECONDS = 0.27  # of a training step
_ERROR_EVERY = 100  # training steps
_EPOCHS = 240
_CHUNK = 65_536  # rows of a sealed journal

Series = tuple[str, NDArray[np.int64], NDArray[np.float64]]


def invent_scalars(plan: Plan, answers: Answers) -> Iterator[tuple[int, pa.Table]]:
    """Yield the last step of each piece and its rows; validation/* are what the answers add up to."""
    series = _invent_series(plan, answers)
    for first in range(0, plan.total_steps + 1, _CHUNK):
        last = min(first + _CHUNK - 1, plan.total_steps)
        yield last, _table([_between(each, first, last) for each in series])


def _invent_series(plan: Plan, answers: Answers) -> list[Series]:
    rng = np.random.default_rng((plan.seed, 8))
    steps = np.arange(1, plan.total_steps + 1)
    error = answers.error()
    # Training lies under validation more and more, and knows nothing of its peaks.
    calm = np.array([np.median(error[max(at - 3, 0) : at + 4]) for at in range(len(error))])
    calm *= np.linspace(1, 0.8, len(calm))
    level = np.interp(steps, plan.steps, calm)
    loss = (0.2 + 5 * level) * np.exp(0.05 * rng.standard_normal(len(steps)))
    some = np.arange(_ERROR_EVERY, plan.total_steps + 1, _ERROR_EVERY)
    near = np.interp(some, plan.steps, calm)
    noisy = near + 0.15 * np.sqrt(near * (1 - near) / 25) * rng.standard_normal(len(some))
    begins = np.array([1, *(drop + 1 for drop in plan.drops)])
    epochs = np.unique(1 + np.arange(_EPOCHS) * plan.total_steps // _EPOCHS)
    losses = np.array([answers.measure(at)[0].mean() for at in range(plan.recorded)], np.float64)
    return [
        ("train/loss", steps, loss),
        ("train/error", some, noisy.clip(0, 1)),
        ("validation/loss", plan.steps, losses),
        ("validation/error", plan.steps, error),
        ("lr/0", begins, np.array(plan.learning_rates)),
        ("epoch", epochs, np.arange(len(epochs), dtype=np.float64)),
    ]


def _between(series: Series, first: int, last: int) -> Series:
    name, steps, values = series
    start, end = np.searchsorted(steps, [first, last + 1])
    return name, steps[start:end], values[start:end]


def _table(series: list[Series]) -> pa.Table:
    steps = np.concatenate([each[1] for each in series])
    names = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(len(series), dtype=np.int32), [len(each[1]) for each in series]),
        [each[0] for each in series],
    )
    times = int(CREATED.timestamp() * 1e6) + (steps * SECONDS * 1e6).astype(np.int64)
    return pa.table(
        {
            "step": steps,
            "name": names.cast(pa.string()),
            "value": np.concatenate([each[2] for each in series]),
            "time": pa.array(times).cast(pa.timestamp("us", "UTC")),
        }
    )


def describe_run(plan: Plan, names: list[str], parameters: int) -> dict[str, object]:
    """Return the facts of run.json; they say what was trained, not what is planted."""
    config = {
        "model": "ResNet-50 without normalisation", "dataset": f"{plan.classes} classes",
        "optimizer": "SGD", "lr": plan.learning_rates[0], "momentum": 0.9, "weight_decay": 1e-4,
        "batch_size": 256, "validation_images": plan.classes * IMAGES,
        "initialisation": "Xavier, normal",
    }  # fmt: skip
    return {
        "created": CREATED.isoformat(),
        "config": config,
        "class_names": names,
        "total_steps": plan.total_steps,
        "parameters": parameters,
        "device": "cuda:0",
    }

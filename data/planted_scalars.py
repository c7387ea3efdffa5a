"""Invents the scalars of a planted run: losses, errors, learning rates and epochs over steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.planted_results import Results

EPOCHS = 20
SPIKE = 40.0  # added to train/loss at the one step that leaps


class ScalarPlan(Protocol):
    """What of a plan decides about scalars."""

    @property
    def steps(self) -> int: ...
    @property
    def learning_rates(self) -> tuple[float, ...]: ...
    @property
    def nan_at(self) -> int | None: ...
    @property
    def spike_at(self) -> int | None: ...
    @property
    def predictions(self) -> bool: ...


@dataclass(frozen=True)
class Scalars:
    """Rows of the table `scalar`, sorted by name and step."""

    steps: NDArray[np.int64]  # (row,)
    names: NDArray[np.str_]  # (row,)
    values: NDArray[np.float64]  # (row,)

    @classmethod
    def nothing(cls) -> "Scalars":
        """Return no rows."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.str_), np.zeros(0))

    @classmethod
    def join(
        cls, series: Sequence[tuple[str, NDArray[np.int64], NDArray[np.float64]]]
    ) -> "Scalars":
        """Return the rows of (name, steps, values) series, by name."""
        ordered = sorted(series, key=lambda each: each[0])
        return cls(
            np.concatenate([steps for _, steps, _ in ordered]),
            np.concatenate([np.full(len(steps), name) for name, steps, _ in ordered]),
            np.concatenate([values for _, _, values in ordered]),
        )

    def between(self, first: int, last: int) -> "Scalars":
        """Return the rows of steps first to last, both included."""
        rows = (self.steps >= first) & (self.steps <= last)
        return Scalars(self.steps[rows], self.names[rows], self.values[rows])

    def of(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return steps and values of one name."""
        rows = self.names == name
        return self.steps[rows], self.values[rows]

    def to_table(self, created: datetime, step_seconds: float) -> pa.Table:
        """Return the rows with times that start at `created`."""
        start = int(created.timestamp() * 1e6)
        times = start + (self.steps * step_seconds * 1e6).astype(np.int64)
        found, codes = np.unique(self.names, return_inverse=True)
        names = pa.DictionaryArray.from_arrays(codes.astype(np.int32), found.tolist())
        columns = {
            "step": self.steps,
            "name": names.cast(pa.string()),
            "value": self.values,
            "time": pa.array(times).cast(pa.timestamp("us", "UTC")),
        }
        return pa.table(columns)


def invent_scalars(
    plan: ScalarPlan,
    validated: NDArray[np.int64],
    results: Results | None,
    rng: np.random.Generator,
) -> Scalars:
    """Invent the scalars of a plan; validation/* say exactly what the results add up to."""
    steps = np.arange(1, plan.steps + 1)
    stages = len(plan.learning_rates)
    stage_starts = np.unique(np.arange(stages) * plan.steps // stages)
    stage = np.searchsorted(stage_starts, steps, side="right")
    floor = 0.5 * 0.6**stage
    loss = floor + 1.8 * np.exp(-8 * steps / plan.steps) + rng.normal(0, 0.03, len(steps)) * floor
    if plan.spike_at is not None:
        loss[plan.spike_at - 1] += SPIKE
    if plan.nan_at is not None:
        loss[plan.nan_at - 1] = np.nan
    epoch_starts = np.unique(1 + np.arange(EPOCHS) * plan.steps // EPOCHS)
    rates = np.array(plan.learning_rates)[: len(stage_starts)]
    series = [
        ("train/loss", steps, np.abs(loss)),
        ("lr/all", np.maximum(stage_starts, 1), rates),
        ("epoch", epoch_starts, np.arange(len(epoch_starts), dtype=np.float64)),
    ]
    if results:
        every = steps[:: max(plan.steps // 2_000, 1)]
        error = 0.9 * np.exp(-7 * every / plan.steps) + 0.02
        series.append(("validation/loss", validated, results.loss.mean(axis=0)))
        if plan.predictions:
            series.append(("validation/error", validated, 1 - results.right.mean(axis=(0, 2))))
            noisy = error + rng.normal(0, 0.01, len(every))
            series.append(("train/error", every, noisy.clip(0, 1)))
    return Scalars.join(series)

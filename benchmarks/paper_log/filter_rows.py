"""The rows of filter_stat and filter_top at a recorded step."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.paper_log.arrays import cut, cut_bytes, cut_where
from benchmarks.paper_log.filters import Filters, FilterWalk
from benchmarks.paper_log.network import Network
from benchmarks.paper_log.plan import Plan
from epochscope.parquet_files import conform
from epochscope.recording.tables import rank_changes
from epochscope.scales import encode_change

Doubles = NDArray[np.float64]

STATISTICS_EVERY = 10  # recorded steps: gradients of filters are read less often than validated
_STATES = ("mean", "sd", "min", "max", "l2")
_ACTIVITIES = ("activation_mean", "activation_max")


class FilterRows:
    """Describes the filters of each recorded step, one step after the other."""

    def __init__(self, plan: Plan, network: Network, walk: FilterWalk) -> None:
        """Start before the first step."""
        self._plan, self._walk = plan, walk
        self._layers = [layer.layer for layer in network.layers]
        self._lengths = np.array([layer.filters for layer in network.layers])
        self._rectified = np.array([layer.rectified for layer in network.layers])
        self._sum: Doubles = np.zeros(len(walk.of))  # of changes, since the last statistics
        self._last: tuple[int, Filters] | None = None

    def describe(
        self, at: int, now: Filters, past: Filters | None, gradients: Doubles
    ) -> dict[str, pa.Table]:
        """Return the rows of both series, and the ranks of those that changed most."""
        before = None if past is None else (at - 1, past)
        tables = [self._table(at, "validation", now, before, now.change, None)]
        self._sum += now.change
        if at % STATISTICS_EVERY == 0:
            change = np.minimum(self._sum, 0.95)
            tables.append(self._table(at, "statistics", now, self._last, change, gradients))
            self._last, self._sum = (at, now), np.zeros(len(now.mean))
        found = {"filter_stat": pa.concat_tables(tables)}
        if past is not None:
            parts = np.split(now.change, self._walk.starts[1:])
            changes = list(zip(self._layers, parts, strict=True))
            found["filter_top"] = rank_changes(int(self._plan.steps[at]), changes)
        return found

    def _table(
        self,
        at: int,
        series: str,
        now: Filters,
        before: tuple[int, Filters] | None,
        change: Doubles,
        gradients: Doubles | None,
    ) -> pa.Table:
        rows, steps, lengths = len(self._layers), self._plan.steps, self._lengths
        columns: dict[str, object] = {
            "step": np.full(rows, steps[at]),
            "layer": self._layers,
            "series": [series] * rows,
        }
        shown = _STATES if series == "statistics" and not before else (*_STATES, *_ACTIVITIES)
        for name in shown:
            columns[name] = cut(getattr(now, name).astype(np.float32), lengths)
        if "activation_mean" in columns:
            share = now.active_share[self._walk.rectified].astype(np.float32)
            columns["active_share"] = cut_where(share, lengths, self._rectified)
        if before is not None:
            columns["previous_step"] = np.full(rows, steps[before[0]])
            columns["change"] = cut(change.astype(np.float32), lengths)
            relative = now.relate(before[1], change)
            columns["relative"] = cut(relative.astype(np.float32), lengths)
            columns["change_px"] = cut_bytes(encode_change(change), lengths)
            if gradients is not None:
                columns["gradient_l2"] = cut(gradients.astype(np.float32), lengths)
        return conform(pa.table(columns), "filter_stat")

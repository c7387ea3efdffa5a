"""What can be found of DeepTracker's eight patterns in a run, by its log alone."""

from dataclasses import dataclass

import numpy as np

from analytics.anomaly_filters import default_top
from analytics.minisets import find_minisets
from callbacks.anomalies import AnomalySettings, find_anomalies, load_flips, load_stages
from callbacks.layers_filters_marks import load_marks
from data.classes import read_class_curves
from data.layer_series import read_layer_series
from data.layers import read_filter_statistics
from data.scalars import read_series, read_stages


@dataclass(frozen=True)
class FoundSet:
    """A mini-set of two filters or more that was hit twice or more."""

    layer: int
    filters: tuple[int, ...]
    steps: tuple[int, ...]
    classes: tuple[int, ...]  # whose anomaly iterations hold all of its steps


class Findings:
    """Reads a run once, and looks for each pattern."""

    def __init__(self, run):
        self.run = run
        self.layers = [row for row in run.layers if row.kind == "layer"]
        self.anomalies = find_anomalies(run, AnomalySettings())
        self.flips = load_flips(run)
        self.steps = self.anomalies.steps
        self.stages = load_stages(run, self.steps)
        self.filters = {
            row.layer: read_filter_statistics(
                run, row.layer, ("change", "relative", "mean", "l2"), "validation"
            ).values
            for row in self.layers
        }

    def frozen(self):
        """(1) Layers with filters that are bit-identical from the first step to the last."""
        found = {}
        for layer, values in self.filters.items():
            still = (values["change"][1:] == 0) & (values["relative"][1:] == 0)
            same = (np.ptp(values["l2"], 0) == 0) & (np.ptp(values["mean"], 0) == 0)
            if (still.all(0) & same).any():
                found[layer] = tuple(np.flatnonzero(still.all(0) & same).tolist())
        return found

    def marks(self):
        """The marks that the Layers page gives: name -> layer -> filters."""
        found = {name: {} for name in ("frozen", "decay_only", "inactive", "over_active")}
        for row in self.layers:
            marks = load_marks(self.run, row.name, None)
            for name, of_layer in found.items():
                if getattr(marks, name).any():
                    of_layer[row.layer] = _tuple(np.flatnonzero(getattr(marks, name)))
        return found

    def peaks(self):
        """(2) Steps at which the error leaps for one step while a quarter of the classes flips."""
        error = 1 - read_class_curves(self.run).right.sum(1) / self.anomalies.images.sum()
        leap = error[1:-1] - np.maximum(error[:-2], error[2:])
        many = self.anomalies.chosen.mean(0)[1:-1] >= 0.2
        return tuple(self.steps[1:-1][(leap > 0.03) & many].tolist())

    def settling(self):
        """(3) Learning rates of the stages, and flips per recorded step in each."""
        rates = [stage.value for stage in read_stages(self.run)]
        count = np.bincount(self.flips.flips.step, minlength=len(self.steps))
        return rates, [count[self.stages == stage].mean() for stage in range(len(rates))]

    def minorities(self):
        """(4) Classes otherwise learned, of which some images are never right: class -> slots."""
        answers = self.flips.answers
        answered, found = answers.unpack(), {}
        for class_ in range(len(answers.class_ids)):
            correct = answered[answers.classes == class_]
            never = ~correct.any(1)
            if never.any() and correct[~never, -1].mean() > 0.9:
                found[class_] = tuple(np.flatnonzero(never).tolist())
        return found

    def overactive(self):
        """(5) Filters in the top 1 % of their layer at four of five steps after the last drop."""
        late = self.stages == self.stages.max()
        found = {}
        for layer, values in self.filters.items():
            change = values["change"][late]
            top = np.argsort(-change, axis=1)[:, : max(change.shape[1] // 100, 1)]
            often = np.bincount(top.ravel(), minlength=change.shape[1]) >= 0.8 * late.sum()
            if often.any():
                found[layer] = tuple(np.flatnonzero(often).tolist())
        return found

    def weights(self, column, names=None):
        """Series of a weight statistic of each layer, or of modules by name."""
        rows = self.layers if names is None else [r for r in self.run.layers if r.name in names]
        found = read_layer_series(self.run, [row.layer for row in rows], "weight", [column])
        return dict(zip(found.layers.tolist(), found.columns[column], strict=True))

    def minisets(self):
        """(8) Mini-sets of two filters and two iterations or more."""
        layer = np.repeat(list(self.filters), [v["l2"].shape[1] for v in self.filters.values()])
        place = np.concatenate([np.arange(v["l2"].shape[1]) for v in self.filters.values()])
        change = np.concatenate([v["change"] for v in self.filters.values()], axis=1)
        chosen = self.anomalies.chosen
        sets = {}
        for at in np.flatnonzero(chosen.any(0)).tolist():
            top = np.argsort(-change[at], kind="stable")[: default_top(len(layer))]
            for one in top.tolist():
                of_layer = sets.setdefault(int(layer[one]), {})
                of_layer.setdefault(at, set()).add(int(place[one]))
        found = []
        for of, by_step in sets.items():
            for filters, at in find_minisets(by_step):
                if len(filters) >= 2 and len(at) >= 2:
                    classes = np.flatnonzero(chosen[:, list(at)].all(1))
                    steps = self.steps[list(at)]
                    found.append(FoundSet(of, *map(_tuple, (sorted(filters), steps, classes))))
        return found

    def curve(self, name):
        """Steps and values of a scalar."""
        series = read_series(self.run, name)
        return series.steps, series.values


def _tuple(numbers):
    return tuple(int(number) for number in numbers)

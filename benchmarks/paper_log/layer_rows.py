"""The rows of layer_stat at a recorded step: weights, gradients, updates and activations."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from benchmarks.paper_log.course import Course
from benchmarks.paper_log.filters import Filters, FilterWalk
from benchmarks.paper_log.layer_table import Part, build_layer_stat
from benchmarks.paper_log.network import Network
from benchmarks.paper_log.plan import Plan
from benchmarks.paper_log.pooling import Pooling, Spread, count
from epochscope.recording.samples import BINS, CHANGE_LIMITS, EXACT_ELEMENTS, SAMPLE_ELEMENTS

Doubles = NDArray[np.float64]

_BATCH = 256
_SIDES = (112, 56, 28, 14, 7, 1)  # of the outputs of the stem, layer1 to layer4 and the last layer
_MOMENTUM, _DECAY = 0.9, 1e-4


class LayerRows:
    """Describes the layers of each recorded step, one step after the other."""

    def __init__(self, plan: Plan, network: Network, course: Course, walk: FilterWalk) -> None:
        """Pool as the network's modules hold layers."""
        self._plan, self._network, self._course, self._walk = plan, network, course, walk
        self._rng = np.random.default_rng((plan.seed, 6))
        self._pooling = Pooling(network, self._rng)
        filters = np.array([each.filters for each in network.layers])
        self._frozen = np.add.reduceat(walk.frozen * 1.0, walk.starts) / filters
        self._off = self._rng.normal(0, 1, (len(network.layers), BINS))

    def describe(self, at: int, now: Filters, past: Filters | None, gradients: Doubles) -> pa.Table:
        """Return the rows of both series at a recorded step."""
        weights = self._spread(now)
        row = self._pooling.describe(weights)
        change = {} if past is None else self._measure_change(now, past)
        l2 = row["l2"]
        nodes = self._pooling.nodes
        parts = [Part("weight", "validation", nodes, row | change)]
        if past is None:
            parts.append(Part("weight", "statistics", nodes, row))
            return build_layer_stat(int(self._plan.steps[at]), None, parts)
        gradient_l2 = np.sqrt(self._walk.average(gradients**2))
        rate = float(self._course.learning_rate[at])
        update_l2, decay_l2 = 3 * rate * gradient_l2, rate * _DECAY / (1 - _MOMENTUM)
        pooled = np.sqrt(self._pooling.average(update_l2**2))
        updates = {
            "gradient_update_l2": pooled,
            "decay_update_l2": decay_l2 * np.asarray(l2, np.float64),
        }
        both = np.hypot(update_l2, decay_l2 * np.hypot(weights.mean, weights.sd))
        for kind, values in (("gradient", gradient_l2), ("update", both)):
            described = self._pooling.describe(self._draw_around_zero(values))
            parts.append(Part(kind, "statistics", nodes, described))
        parts.append(Part("weight", "statistics", nodes, row | change | updates))
        parts.append(self._describe_activations(now))
        before, step = self._plan.steps[at - 1 : at + 1].tolist()
        return build_layer_stat(step, before, parts)

    def _spread(self, now: Filters) -> Spread:
        mean = self._walk.average(now.mean)
        square = self._walk.average(now.l2**2)
        starts = self._walk.starts
        low, high = np.minimum.reduceat(now.min, starts), np.maximum.reduceat(now.max, starts)
        return Spread(mean, np.sqrt(square - mean**2), low, high)

    def _measure_change(self, now: Filters, past: Filters) -> dict[str, NDArray[np.generic]]:
        pool, fan_in = self._pooling, self._walk.fan_in
        relative = now.relate(past, now.change)

        def measure(values: Doubles) -> Doubles:  # a length of each node's weights
            return np.sqrt(pool.sum(np.add.reduceat(values**2 * fan_in, self._walk.starts)))

        moved, length, before = measure(relative * past.l2), measure(now.l2), measure(past.l2)
        change = (moved**2 - (length - before) ** 2) / (2 * length * before)
        # A normal move over a normal weight: Cauchy's distribution; the frozen do not move at all.
        layers = np.sqrt(
            self._walk.average((relative * past.l2) ** 2) / self._walk.average(past.l2**2)
        )
        moving = 2 / np.pi * np.arctan(CHANGE_LIMITS / layers[:, None])
        share = pool.average(self._frozen[:, None] + (1 - self._frozen[:, None]) * moving)
        return {"change": change, "relative": moved / before, "change_share": share}

    def _draw_around_zero(self, l2: Doubles) -> Spread:
        reach = 5 + self._rng.random((2, len(l2)))
        mean = 0.002 * l2 * self._rng.standard_normal(len(l2))
        return Spread(mean, l2, -reach[0] * l2, reach[1] * l2)

    def _describe_activations(self, now: Filters) -> Part:
        layers = self._network.layers
        rectified = np.array([layer.rectified for layer in layers])
        share = np.where(rectified, self._walk.average(now.active_share), 1.0)
        mean = self._walk.average(now.activation_mean)
        scale = np.where(rectified, mean / (share * np.sqrt(2 / np.pi)), 0.6)
        high = np.maximum.reduceat(now.activation_max, self._walk.starts)
        high = np.maximum(high, np.abs(mean) + 2 * scale)
        low = np.where(rectified, 0.0, mean - 5 * scale)
        centre = np.where(rectified, 0.0, mean)

        def below(values: Doubles) -> Doubles:
            part = ndtr((values - centre[:, None]) / scale[:, None])
            flat = 1 - share[:, None] + share[:, None] * (2 * part - 1)
            return np.asarray(np.where(rectified[:, None], flat, part))

        l2 = np.where(rectified, scale * np.sqrt(share), np.hypot(mean, scale))
        edges = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, BINS + 1)
        shares = below(edges)
        shares[:, 0], shares[:, -1] = 0, 1
        elements = np.array([_BATCH * each.filters * _SIDES[each.module] ** 2 for each in layers])
        sampled = elements > EXACT_ELEMENTS
        shown = np.where(sampled, SAMPLE_ELEMENTS, elements)
        row = {
            "min": low, "max": high, "lo": low, "hi": high, "mean": mean, "l0": share,
            "sd": np.sqrt(l2**2 - mean**2), "l2": l2, "l1": np.where(rectified, mean, 0.8 * l2),
            "bins": count(np.diff(shares), shown, self._off), "count": elements,
            "sampled": sampled,
        }  # fmt: skip
        for name, q in (("q25", 0.25), ("median", 0.5), ("q75", 0.75)):
            inside = ndtri(np.clip(0.5 + 0.5 * (q - 1 + share) / share, 0.5, 1))
            row[name] = np.where(rectified, scale * inside, centre + scale * ndtri(q))
        return Part("activation", "statistics", self._pooling.nodes[: len(layers)], row)

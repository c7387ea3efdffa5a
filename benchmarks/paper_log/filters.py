"""Walks the filters of all layers from recorded step to recorded step, in statistics of their weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.anomaly_filters import default_top
from benchmarks.paper_log.course import Course
from benchmarks.paper_log.network import Network
from benchmarks.paper_log.plan import Plan
from benchmarks.paper_log.truths import Event, Truths

Doubles = NDArray[np.float64]

_CALM = 1.4  # times the usual change: what planted filters stay under at other steps
_MOST = 0.9  # 1 - cosine of a filter from one recorded step to the next


@dataclass(frozen=True)
class Filters:
    """Statistics of the weights of every filter at a recorded step; each array is (filter,)."""

    mean: Doubles
    sd: Doubles
    min: Doubles
    max: Doubles
    l2: Doubles
    change: Doubles  # 1 - cosine since the recorded step before; nothing at step 0
    activation_mean: Doubles
    activation_max: Doubles
    active_share: Doubles

    def relate(self, past: "Filters", change: Doubles) -> Doubles:
        """Return |w - p| / |p| of filters that moved by `change` in 1 - cosine since the past."""
        growth = self.l2 / past.l2
        return np.sqrt(2 * growth * change + (growth - 1) ** 2)


class FilterWalk:
    """The filters of all layers, one after the other; advance it from step to step."""

    def __init__(
        self,
        plan: Plan,
        network: Network,
        course: Course,
        truths: Truths | None,
        events: frozenset[int],
    ) -> None:
        """Draw what stays with each filter; events are places of steps at which many images flip."""
        self._events = events
        self._plan, self._course = plan, course
        self._rng = rng = np.random.default_rng((plan.seed, 5))
        counts = np.array([layer.filters for layer in network.layers])
        self.starts = np.cumsum(counts) - counts  # (layer,) place of its first filter
        self.of = np.repeat(np.arange(len(counts)), counts)  # (filter,) place of its layer
        self.fan_in = np.repeat([layer.fan_in for layer in network.layers], counts)
        self.rectified = np.repeat([layer.rectified for layer in network.layers], counts)
        total = len(self.of)
        self._width = np.exp(rng.normal(0, 0.08, total))
        self._lean = self._centre(rng.uniform(-1.7, 1.7, total) / np.sqrt(self.fan_in))
        self._noise = rng.normal(0, 1, total)
        self._habit = 0.1 * rng.normal(0, 1, total)
        far = np.sqrt(2 * np.log(np.maximum(self.fan_in, 4)))
        self._reach = far + 0.25 * rng.gumbel(0, 1, (2, total))  # (low or high, filter) in sd
        self._activity = _draw_activity(self.rectified, rng)
        self._mark(network, truths)
        self._start: Filters | None = None

    def advance(self, at: int) -> Filters:
        """Return the statistics at a recorded step; call it for each, from 0 on."""
        rng, course, of = self._rng, self._course, self.of
        self._noise = 0.1 * self._noise + 0.99**0.5 * rng.standard_normal(len(of))
        change = self._change(at)
        turn = np.sqrt(2 * change / self.fan_in) * rng.standard_normal(len(of))
        self._width *= np.exp(0.5 * turn)
        self._width /= np.sqrt(self.average(self._width**2))[of]
        lean = self._lean * (1.5 - 0.5 * np.exp(-at / max(0.03 * self._plan.recorded, 4)))
        # What the means of filters differ by is part of the layer's sd.
        within = np.sqrt(1 - self.average(lean**2))[of]
        sd = course.sd[at, of] * self._width * within
        mean = course.mean[at, of] + course.sd[at, of] * lean
        low, high = self._reach
        found = Filters(
            mean=mean,
            sd=sd,
            min=mean - sd * low,
            max=mean + sd * high,
            l2=np.hypot(mean, sd),
            change=change,
            **self._act(at),
        )
        self._start = found if self._start is None else self._start
        return self._freeze(found)

    def draw_gradients(self, at: int) -> Doubles:
        """Return the gradient's l2 of each filter at a recorded step."""
        level = 0.004 * np.exp(-1.2 * at / self._plan.recorded) * self._course.sd[at, self.of]
        spread = np.exp(0.4 * self._rng.standard_normal(len(self.of)) + self._habit)
        return np.where(self.frozen, 0.0, level * spread)

    def _centre(self, values: Doubles) -> Doubles:
        return values - self.average(values)[self.of]

    def average(self, values: Doubles) -> Doubles:
        """Average (filter,) over each layer: (layer,)."""
        return np.add.reduceat(values, self.starts) / np.bincount(self.of)

    def _mark(self, network: Network, truths: Truths | None) -> None:
        place = {layer.layer: at for at, layer in enumerate(network.layers)}
        total = len(self.of)
        self.frozen = np.zeros(total, np.bool_)
        self._planted = np.zeros(total, np.bool_)  # filters that jump, at their own steps alone
        self._seen = np.zeros(total, np.bool_)  # on top at one event: at no other, by chance
        self._overactive = np.zeros(0, np.int64)
        self._jumps: list[tuple[Event, NDArray[np.int64], int]] = []
        self._peaks: frozenset[int] = frozenset()
        if truths is None:
            return
        self.frozen[self.starts[place[truths.frozen_layer]] + list(truths.frozen_filters)] = True
        over = self.starts[place[truths.overactive_layer]]
        self._overactive = over + np.array(truths.overactive_filters)
        for event in truths.events:
            own = self.starts[place[event.layer]] + np.array(event.filters)
            self._planted[own] = True
            self._jumps.append((event, own, place[event.layer]))
        places = np.searchsorted(self._plan.steps, truths.peaks).tolist()
        self._peaks = frozenset([*places, *(at + 1 for at in places)])

    def _change(self, at: int) -> Doubles:
        usual = self._course.change[at, self.of] * (4 if at in self._peaks else 1)
        times = np.exp(0.5 * self._noise + self._habit)
        times[self._planted] = np.minimum(times[self._planted], _CALM)
        step = int(self._plan.steps[at])
        jumping = [own for own in self._jumps if step in own[0].steps]
        for _, _, layer in jumping:
            times[self.of == layer] = np.minimum(times[self.of == layer], _CALM)
        if len(self._overactive) and self._plan.stages[at] >= 2:
            layer = self.of == self.of[self._overactive[0]]
            layer[self._overactive] = False
            times[self._overactive] = times[layer].max() * self._rng.uniform(1.3, 2.2, 3)
        if at in self._events:
            times[self._seen] = np.minimum(times[self._seen], _CALM)
        change = usual * times
        for _, own, _ in jumping:
            change[own] = change.max() * self._rng.uniform(1.6, 3, len(own))
        change[self.frozen] = 0
        if at in self._events:
            self._seen[np.argsort(-change)[: default_top(len(change))]] = True
        return np.asarray(np.minimum(change, _MOST))

    def _act(self, at: int) -> dict[str, Doubles]:
        mean, peak, share = self._activity
        pace = self._course.pace[at] ** 0.5
        shake = 1 + 0.3 * pace * self._rng.standard_normal((3, len(mean)))
        grown = 1 + 0.4 * (1 - np.exp(-3 * at / self._plan.recorded))
        return {
            "activation_mean": mean * grown * shake[0],
            "activation_max": np.abs(mean) * peak * grown * shake[1],
            "active_share": np.clip(share * shake[2], 0.01, 0.99),
        }

    def _freeze(self, found: Filters) -> Filters:
        """Give frozen filters their first statistics; nothing comes out of them, nor ever did."""
        first, frozen = self._start, self.frozen
        if first is None or not frozen.any():
            return found
        for name in ("mean", "sd", "min", "max", "l2"):
            getattr(found, name)[frozen] = getattr(first, name)[frozen]
        for name in ("activation_mean", "activation_max", "active_share"):
            getattr(found, name)[frozen] = 0.0
        return found


def _draw_activity(rectified: NDArray[np.bool_], rng: np.random.Generator) -> tuple[Doubles, ...]:
    """Draw the mean, the maximum in means, and the active share of each filter's output."""
    total = len(rectified)
    mean = 0.4 * np.exp(rng.normal(0, 0.4, total))
    signed = np.where(rectified, mean, mean * rng.normal(0, 0.5, total))
    return signed, rng.uniform(5, 12, total), rng.uniform(0.1, 0.8, total)

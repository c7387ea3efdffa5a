"""The course a layer's weights take over the run: how wide they spread, where they centre, how far they move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.paper_log.network import Network
from benchmarks.paper_log.plan import Plan

Doubles = NDArray[np.float64]

_CHANGES = (4e-3, 1.2e-4, 6e-6, 6e-7)  # 1 - cosine from one recorded step to the next, by stage
_STEADY_CHANGE = 2e-3  # where the learning rate hardly drops
_EARLY = 30  # times as much at the very start


@dataclass(frozen=True)
class Course:
    """What is true of the filters of each layer on average, at every recorded step."""

    sd: Doubles  # (step, layer)
    mean: Doubles  # (step, layer)
    change: Doubles  # (step, layer) 1 - cosine since the recorded step before
    pace: Doubles  # (step,) the same over all layers
    learning_rate: Doubles  # (step,)


def plan_course(plan: Plan, network: Network) -> Course:
    """Plan the course of every layer; without plants sd and sign stay as they were drawn."""
    rng = np.random.default_rng((plan.seed, 4))
    at = np.arange(plan.recorded)
    pace = _plan_pace(plan, at)
    layers = len(network.layers)
    draw = _plan_sd if plan.plants else _keep_sd
    sd = draw(network, at / plan.recorded, at / max(0.02 * plan.recorded, 4))
    rates = np.array(plan.learning_rates)[plan.stages]
    change = pace[:, None] * rng.uniform(0.8, 1.25, layers)
    return Course(sd, sd * _plan_mean(plan, network, at, rng), change, pace, rates)


def _plan_pace(plan: Plan, at: NDArray[np.int64]) -> Doubles:
    level = np.array(_CHANGES)[plan.stages] if plan.plants else np.full(len(at), _STEADY_CHANGE)
    pace = level * (1 + _EARLY * np.exp(-at / max(0.01 * plan.recorded, 3)))
    pace[0] = 0.0
    return np.asarray(pace)


def _plan_sd(network: Network, share: Doubles, soon: Doubles) -> Doubles:
    """Shrink from Xavier's deviation to one that halves from module to module."""
    start = np.array([layer.deviation for layer in network.layers])
    module = np.array([layer.module for layer in network.layers])
    inner = (module >= 1) & (module <= 4)
    halving = 0.5 ** (module - 1.0)
    first = 0.7 * (start / halving)[inner].min()  # so low that every layer shrinks
    end = np.where(inner, first * halving, 0.65 * start)
    slow = end * (1 + 0.3 * np.exp(-3 * share[:, None]))
    return np.asarray(slow + (start - 1.3 * end) * np.exp(-soon[:, None]))


def _keep_sd(network: Network, share: Doubles, _soon: Doubles) -> Doubles:
    start = np.array([layer.deviation for layer in network.layers])
    return start * (1 + 0.05 * np.sqrt(share)[:, None])


def _plan_mean(
    plan: Plan, network: Network, at: NDArray[np.int64], rng: np.random.Generator
) -> Doubles:
    """Plan the mean weight of each layer in units of its sd: (step, layer)."""
    sizes = np.array([layer.filters * layer.fan_in for layer in network.layers])
    drawn = rng.normal(0, 1, len(sizes)) / np.sqrt(sizes)  # of initial weights: not quite 0
    if not plan.plants:
        drift = np.sign(drawn) * rng.uniform(0.002, 0.02, len(sizes))
        return np.asarray(drawn + drift * np.sqrt(at / plan.recorded)[:, None])
    sign = np.where([layer.is_convolution for layer in network.layers], -1, 1)
    end = sign * rng.uniform(0.04, 0.12, len(sizes))
    soon = 1 - np.exp(-at / max(0.03 * plan.recorded, 4))
    return np.asarray(np.abs(drawn) + (end - np.abs(drawn)) * soon[:, None])

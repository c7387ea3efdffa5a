"""Statistics of the modules around layers, pooled from the values of the layers inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from epochscope.recording.changes import Lengths
from epochscope.recording.layers import Node
from epochscope.recording.samples import CHANGE_LIMITS, EXACT_ELEMENTS
from epochscope.recording.statistics import Whole, add_quantiles

POOLED_SAMPLE = 1 << 14  # values that stand for a module; drawn by rank, so few are enough

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """What one layer, or a module, tells of one kind of tensor."""

    whole: Whole
    previous: int | None = None  # step of the row before
    lengths: Lengths | None = None  # of the change since then
    share: NDArray[np.float32] | None = None  # cumulative, below each of CHANGE_LIMITS
    updates: tuple[float | None, float | None] = (None, None)  # l2 of gradient and decay parts

    def stay(self, previous: int) -> "Part":
        """Return the part of weights that have not changed since the step `previous`."""
        length = (self.whole.l2 or 0.0) ** 2 * self.whole.finite
        still = Lengths(0.0, 0.0, length, length)
        share = np.ones(len(CHANGE_LIMITS), np.float32)
        return replace(self, previous=previous, lengths=still, share=share, updates=(0.0, 0.0))


@dataclass
class Parts:
    """The parts of one recorded step, by kind and index of the layer."""

    found: dict[str, dict[int, Part]] = field(default_factory=dict)

    def add(self, kind: str, layer: int, part: Part) -> None:
        """Take the part of a layer."""
        self.found.setdefault(kind, {})[layer] = part

    def of(self, kind: str, layers: Sequence[int]) -> list[Part]:
        """Return the parts of these layers, of those that have one."""
        known = self.found.get(kind, {})
        return [known[layer] for layer in layers if layer in known]


def group_layers(nodes: Sequence[Node]) -> Mapping[int, tuple[int, ...]]:
    """Find the layers inside each module, by the index of the module.

    Normalisations are left out: their scales lie around 1 and would hide what the weights do.
    """
    groups: dict[int, list[int]] = {}
    parents = {node.index: node.parent for node in nodes}
    modules = {node.index for node in nodes if node.layer is None and node.tied_to is None}
    for node in nodes:
        if node.layer is None or node.tied_to is not None or node.layer.kind == "normalisation":
            continue
        above = node.parent
        while above is not None:
            if above in modules:
                groups.setdefault(above, []).append(node.index)
            above = parents[above]
    return {module: tuple(layers) for module, layers in groups.items()}


def pool_parts(parts: Sequence[Part]) -> Part:
    """Pool parts into that of all their values together.

    Counts, moments and changes are exact. Quantiles and histogram are exact up to 100,000 values,
    beyond of values taken evenly by rank from each part, as many as its share of all.
    """
    if len(parts) == 1:
        return parts[0]
    whole = _pool_quantiles(_pool_moments([part.whole for part in parts]), parts)
    previous = {part.previous for part in parts}
    lengths = _all([part.lengths for part in parts])
    shares = _all([part.share for part in parts])
    same = len(previous) == 1
    return Part(
        whole,
        previous.pop() if same else None,
        sum(lengths[1:], lengths[0]) if lengths and same else None,
        _mix_shares(shares, parts) if shares and same else None,
        (_pool_update(parts, 0), _pool_update(parts, 1)),
    )


def _all(values: Sequence[T | None]) -> list[T] | None:
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def _pool_moments(wholes: Sequence[Whole]) -> Whole:
    counts = np.array([[one.count, one.nan, one.pos_inf, one.neg_inf] for one in wholes]).sum(0)
    count, nan, pos_inf, neg_inf = (int(one) for one in counts)
    used = [one for one in wholes if one.mean is not None]
    if not used:
        return Whole(count, nan, pos_inf, neg_inf)
    names = ("min", "max", "mean", "sd", "l0", "l1", "l2")
    found = {name: np.array([getattr(one, name) for one in used]) for name in names}
    finite = np.array([one.finite for one in used], dtype=np.float64)
    weight = finite / finite.sum()
    mean = float(weight @ found["mean"])
    variance = float(weight @ (found["sd"] ** 2 + (found["mean"] - mean) ** 2))
    return Whole(
        count,
        nan,
        pos_inf,
        neg_inf,
        min=float(found["min"].min()),
        max=float(found["max"].max()),
        mean=mean,
        sd=variance**0.5,
        l0=float(weight @ found["l0"]),
        l1=float(weight @ found["l1"]),
        l2=float(weight @ found["l2"] ** 2) ** 0.5,
    )


def _pool_quantiles(whole: Whole, parts: Sequence[Part]) -> Whole:
    used = [part.whole for part in parts if part.whole.mean is not None]
    samples = _all([one.ordered for one in used])
    if not samples:
        return whole
    total = sum(one.finite for one in used)
    sampled = total > EXACT_ELEMENTS or any(one.sampled for one in used)
    if sampled:
        sizes = [max(1, round(POOLED_SAMPLE * one.finite / total)) for one in used]
        samples = [_thin(*pair) for pair in zip(samples, sizes, strict=True)]
    return add_quantiles(whole, np.sort(np.concatenate(samples)), sampled)


def _thin(ordered: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    places = (np.arange(size) + 0.5) / size * len(ordered)
    return ordered[places.astype(np.int64)]


def _mix_shares(
    shares: Sequence[NDArray[np.float32]], parts: Sequence[Part]
) -> NDArray[np.float32]:
    counts = np.array([part.whole.count for part in parts], dtype=np.float64)
    mixed: NDArray[np.float32] = (counts @ np.stack(shares) / counts.sum()).astype(np.float32)
    return mixed


def _pool_update(parts: Sequence[Part], place: int) -> float | None:
    updates = _all([part.updates[place] for part in parts])
    if updates is None:
        return None
    counts = np.array([part.whole.count for part in parts], dtype=np.float64)
    return float(np.sqrt(counts @ np.square(updates) / counts.sum()))

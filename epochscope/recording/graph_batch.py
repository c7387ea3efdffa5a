"""Finds what follows the batch size, by comparing exports of one model at two sizes."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import torch
from torch.utils import _pytree as pytree


class BatchUnclearError(Exception):
    """Two exports differ in more than their batch size; the message says where."""


def batch_size(inputs: Any) -> int | None:
    """Return the length of the first tensor's first axis, None where there is none."""
    tensors = [leaf for leaf in pytree.tree_leaves(inputs) if isinstance(leaf, torch.Tensor)]
    return int(tensors[0].shape[0]) if tensors and tensors[0].dim() else None


def doubled_batches(inputs: Any, size: int) -> Iterator[Any]:
    """Give inputs of twice the batch size, as guesses at which of the tensors hold samples.

    First all whose first axis is that long, then those of two axes or more, then the first alone.
    """
    leaves, spec = pytree.tree_flatten(inputs)
    tensors = {i: t for i, t in enumerate(leaves) if isinstance(t, torch.Tensor) and t.dim()}
    fits = [i for i, t in tensors.items() if t.layout == torch.strided and len(t) == size]
    wide = [i for i in fits if leaves[i].dim() > 1]
    for chosen in dict.fromkeys(tuple(guess) for guess in (fits, wide, fits[:1]) if guess):
        twice = [torch.cat([t, t]) if i in chosen else t for i, t in enumerate(leaves)]
        yield pytree.tree_unflatten(twice, spec)


def merge_sizes(single: Any, double: Any, size: int, where: str = "") -> Any:
    """Merge JSON of an export at `size` with one at twice that size.

    Numbers that differ become {"batch": k, "power": p}: k × batch size ** p, p = 1 where it is
    not given. k is a pair [numerator, denominator] where it is no whole number.
    """
    if type(single) is not type(double):
        raise BatchUnclearError(f"{where} is of another type at twice the batch size")
    if isinstance(single, dict):
        if single.keys() != double.keys():
            raise BatchUnclearError(f"{where} has other parts at twice the batch size")
        return {
            key: merge_sizes(single[key], double[key], size, f"{where}.{key}") for key in single
        }
    if isinstance(single, list):
        if len(single) != len(double):
            raise BatchUnclearError(f"{where} is longer or shorter at twice the batch size")
        pairs = enumerate(zip(single, double, strict=True))
        return [merge_sizes(a, b, size, f"{where}[{index}]") for index, (a, b) in pairs]
    return single if single == double else _follow(single, double, size, where)


def _follow(single: Any, double: Any, size: int, where: str) -> dict[str, Any]:
    if isinstance(single, bool | str) or not isinstance(single, int | float) or not single:
        raise BatchUnclearError(f"{where} is another at twice the batch size")
    for power in (1, 2, -1, -2):
        if double == single * 2**power:
            if power < 0:  # a mean written as a product: 1 / batch size
                return {"batch": single * size**-power, "power": power}
            factor = Fraction(single) / Fraction(size) ** power
            whole = factor.denominator == 1
            times = int(factor) if whole else [factor.numerator, factor.denominator]
            return {"batch": times, **({"power": 2} if power == 2 else {})}
    raise BatchUnclearError(f"{where} does not follow the batch size as a product")

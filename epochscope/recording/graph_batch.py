"""Finds what follows the batch size, by comparing exports of one model at two sizes."""

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


def double_batch(inputs: Any, size: int) -> Any:
    """Repeat every tensor whose first axis has length `size` once more along that axis."""

    def double(leaf: Any) -> Any:
        fits = isinstance(leaf, torch.Tensor) and leaf.dim() and leaf.shape[0] == size
        return torch.cat([leaf, leaf]) if fits else leaf

    return pytree.tree_map(double, inputs)


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

"""Lays out the weights of one filter as pictures: a small one for each of its input channels."""

import numpy as np
from numpy.typing import NDArray

Kernels = NDArray[np.float64]  # (channel, height, width)


def arrange_kernels(
    weight: NDArray[np.floating], filter_: int, transposed: bool = False, groups: int = 1
) -> Kernels:
    """Return the weights of a filter as (channel, height, width).

    weight is (filter, channel, …), or (channel, filter / groups, …) where transposed. A row of a linear
    layer, and a 1 × 1 kernel, has height and width 1; one spatial axis gives height 1; of three the first
    joins the channels. A filter that does not exist raises ValueError.
    """
    values = np.asarray(weight, dtype=np.float64)
    filters = values.shape[1] * groups if transposed else values.shape[0]
    if not 0 <= filter_ < filters:
        raise ValueError(f"the layer has the filters 0 to {filters - 1}, got {filter_!r}")
    if transposed:
        group, place = divmod(filter_, values.shape[1])
        inputs = len(values) // groups
        own = values[group * inputs : (group + 1) * inputs, place]
    else:
        own = values[filter_]
    if own.ndim == 0:
        return own.reshape(1, 1, 1)
    if own.ndim == 1:
        return own.reshape(-1, 1, 1)
    if own.ndim == 2:
        return own[:, None, :]
    return own.reshape(-1, *own.shape[-2:])


def order_kernels(kernels: Kernels) -> NDArray[np.int64]:
    """Order the channels of a filter by the length of their kernels, longest first: (channel,).

    Kernels that are not finite stand first; ties keep the order of the channels.
    """
    length = np.sqrt(np.square(kernels).sum((1, 2)))
    return np.argsort(-np.where(np.isfinite(length), length, np.inf), kind="stable")

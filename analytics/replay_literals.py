"""Decodes the arguments of a described graph that are no tensors, and its constants."""

import base64
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

_DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "int64": torch.int64,
    "int32": torch.int32,
    "int16": torch.int16,
    "int8": torch.int8,
    "uint8": torch.uint8,
    "bool": torch.bool,
    "complex64": torch.complex64,
    "complex128": torch.complex128,
}
_FORMATS = {
    "contiguous_format": torch.contiguous_format,
    "preserve_format": torch.preserve_format,
    "channels_last": torch.channels_last,
    "channels_last_3d": torch.channels_last_3d,
}
_TABLES: dict[str, Mapping[str, Any]] = {
    "dtype": _DTYPES,
    "memory_format": _FORMATS,
    "layout": {"strided": torch.strided},
    "float": {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")},
}


class ReplayRefusedError(ValueError):
    """A graph cannot be replayed; the message names the node and why."""


def decode_literal(value: Mapping[str, Any]) -> Any:
    """Return the dtype, device, layout, memory format or float that an argument stands for."""
    if "device" in value:
        return torch.device("cpu")  # wherever it was recorded
    for kind, table in _TABLES.items():
        if kind in value and value[kind] in table:
            return table[value[kind]]
    raise ReplayRefusedError(f"The graph has the argument {value!r}, which no replay knows.")


def decode_constant(held: Mapping[str, Any]) -> Tensor:
    """Return a constant of the graph from its base64 text."""
    dtype = decode_literal({"dtype": held["dtype"]})
    data = bytearray(base64.b64decode(held["data"]))
    if not data:
        return torch.zeros(held["shape"], dtype=dtype)
    return torch.frombuffer(data, dtype=dtype).reshape(held["shape"])

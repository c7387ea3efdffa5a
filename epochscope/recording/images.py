"""Reads the samples that validation will see: labels, thumbnails, inputs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor

from epochscope.recording.grouping import group_samples, reduce_input
from epochscope.recording.png import PixelRange, as_picture, find_range, make_thumbnail
from epochscope.schema import META

INPUTS_KEPT = 10_000  # samples whose inputs are kept at most
_RANGE_SAMPLES = 256  # pictures from which the range of pixels is found
_MOST_CLASSES = 1_000_000

Integers = NDArray[np.int32]


@dataclass(frozen=True)
class ImageSet:
    """The samples of a validation, in order, and where each stands in its class."""

    split: str
    classes: Integers  # (image,)
    slots: Integers  # (image,) position in its class
    names: tuple[str, ...]  # of the classes
    labelled: bool  # False: the classes are groups
    inputs: Tensor | None = None  # (kept, ...) what the model was given
    kept: Integers | None = None  # (kept,) images whose inputs those are

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.classes)


@dataclass
class Samples:
    """What one pass over a dataset gathers."""

    labels: list[int | None]
    features: list[NDArray[np.float64]]
    thumbnails: list[bytes | None]
    inputs: list[Tensor]
    range: PixelRange | None


def read_samples(dataset: Any, keep_inputs: bool, limit_bytes: int) -> Samples:
    """Pass once over a dataset of (input, label) or of inputs; a loader's batches are taken apart."""
    samples = iterate_samples(dataset)
    head = list(islice(samples, _RANGE_SAMPLES))
    pictures = [picture for one, _ in head if (picture := as_picture(one)) is not None]
    found = Samples([], [], [], [], find_range(pictures) if pictures else None)
    room = limit_bytes if keep_inputs else 0
    for sample, label in chain(head, samples):
        found.labels.append(_class_of(label))
        found.features.append(reduce_input(sample) if found.labels[-1] is None else np.zeros(0))
        picture = as_picture(sample) if found.range is not None else None
        found.thumbnails.append(
            None if picture is None or found.range is None else make_thumbnail(picture, found.range)
        )
        if room > 0 and isinstance(sample, Tensor) and len(found.inputs) < INPUTS_KEPT:
            stored = _stored(sample)
            room -= stored.numel() * stored.element_size()
            if room >= 0:
                found.inputs.append(stored)
    return found


def iterate_samples(dataset: Any) -> Iterator[tuple[object, object]]:
    """Yield (input, label or None) of a dataset, a loader, or a tuple of tensors."""
    if isinstance(dataset, tuple | list) and dataset and _are_columns(dataset):
        yield from (
            (row[0], row[1] if len(row) > 1 else None) for row in zip(*dataset, strict=True)
        )
    elif hasattr(dataset, "batch_size") and hasattr(dataset, "dataset"):
        for batch in dataset:
            columns = batch if isinstance(batch, tuple | list) else (batch,)
            yield from iterate_samples(tuple(columns[:2]))
    elif hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        for index in range(len(dataset)):
            yield _apart(dataset[index])
    else:
        yield from (_apart(one) for one in dataset)


def _are_columns(parts: Sequence[Any]) -> bool:
    # Many samples that are tensors are a dataset; up to two batched tensors are its columns.
    tensors = all(isinstance(one, Tensor) and one.dim() >= 1 for one in parts)
    return tensors and len(parts) <= 2 and len({len(one) for one in parts}) == 1


def _apart(sample: Any) -> tuple[object, object]:
    if isinstance(sample, tuple | list):
        return sample[0], sample[1] if len(sample) > 1 else None
    if isinstance(sample, dict):
        label = next((sample[k] for k in ("labels", "label", "target") if k in sample), None)
        inputs = next(
            (v for k, v in sample.items() if isinstance(v, Tensor) and "label" not in k), None
        )
        return inputs, label
    return sample, None


def _class_of(label: object) -> int | None:
    if isinstance(label, Tensor | np.ndarray | np.generic):
        if label.ndim or "int" not in str(label.dtype):
            return None
        label = int(label)
    if isinstance(label, bool) or not isinstance(label, int):
        return None
    return label if 0 <= label < _MOST_CLASSES else None


def _stored(sample: Tensor) -> Tensor:
    return sample.detach().cpu().to(torch.float16 if sample.is_floating_point() else sample.dtype)


def build_set(split: str, samples: Samples, class_names: Sequence[str] | None) -> ImageSet:
    """Order the samples into classes: their labels, or groups where any label is missing."""
    count = len(samples.labels)
    labels = [label for label in samples.labels if label is not None]
    labelled = len(labels) == count and count > 0
    if labelled:
        classes = np.array(labels, np.int32)
        names = name_classes(class_names, int(classes.max()) + 1)
    else:
        features = [reduced if len(reduced) else np.zeros(64) for reduced in samples.features]
        classes = group_samples(np.array(features)) if count else np.zeros(0, np.int32)
        names = tuple(f"group {i + 1}" for i in range(int(classes.max()) + 1 if count else 0))
    inputs = samples.inputs
    same = bool(inputs) and len({one.shape for one in inputs}) == 1
    return ImageSet(
        split,
        classes,
        number_slots(classes),
        names,
        labelled,
        torch.stack(inputs) if same else None,
        np.arange(len(inputs), dtype=np.int32) if same else None,
    )


def name_classes(class_names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return at least `count` names: those given, then numbers."""
    given = [str(name) for name in class_names or ()]
    return tuple(given + [str(index) for index in range(len(given), count)])


def number_slots(classes: Integers) -> Integers:
    """Return each sample's position among those of its class."""
    slots = np.zeros(len(classes), np.int32)
    order = np.argsort(classes, kind="stable")
    starts = np.searchsorted(classes[order], classes[order])
    slots[order] = np.arange(len(classes)) - starts
    return slots


def describe_images(
    images: ImageSet, ids: Iterable[object] | None, paths: Sequence[str] | None
) -> dict[str, pa.Table]:
    """Return the tables `classes` and `images`."""
    count = len(images)
    named = [str(one) for one in ids] if ids is not None else [str(i) for i in range(count)]
    if len(named) != count:
        raise ValueError(f"{len(named)} ids were given for {count} samples; give one for each.")
    rows = pa.table(
        {
            "image": np.arange(count, dtype=np.int32),
            "split": [images.split] * count,
            "class": images.classes,
            "slot": images.slots,
            "id": named,
            "path": list(paths) if paths is not None else pa.nulls(count, pa.string()),
        },
        schema=META["images"].schema,
    )
    sizes = np.bincount(images.classes, minlength=len(images.names)).astype(np.int32)
    classes = {"class": np.arange(len(sizes), dtype=np.int32), "name": list(images.names)}
    return {
        "classes": pa.table(classes | {"images": sizes}, schema=META["classes"].schema),
        "images": rows,
    }


def describe_pictures(samples: Samples, images: ImageSet) -> dict[str, pa.Table | bytes]:
    """Return the table `thumbnails` and the file of inputs, as far as there are any."""
    files: dict[str, pa.Table | bytes] = {}
    found = [(i, png) for i, png in enumerate(samples.thumbnails) if png is not None]
    if found:
        numbers, pictures = zip(*found, strict=True)
        columns = {"image": numbers, "format": ["png"] * len(found), "bytes": pictures}
        files["thumbnails"] = pa.table(columns, schema=META["thumbnails"].schema)
    if images.inputs is not None and images.kept is not None:
        about = (
            {}
            if samples.range is None
            else {name: str(v) for name, v in vars(samples.range).items()}
        )
        tensors = {"inputs": images.inputs, "images": torch.from_numpy(images.kept)}
        # thumbnail pixel = 255 * (input - low) / (high - low), clipped
        files["inputs.safetensors"] = safetensors.torch.save(tensors, about)
    return files


def paths_of(dataset: object, count: int) -> list[str] | None:
    """Return the files that a folder of images was read from, where the dataset knows them."""
    listed = getattr(dataset, "samples", None)
    if not isinstance(listed, list) or len(listed) != count:
        return None
    paths = [one[0] for one in listed if isinstance(one, tuple) and isinstance(one[0], str)]
    return paths if len(paths) == count else None

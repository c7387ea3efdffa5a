"""Reads how classes and their images fared at each validation (indexes I_cs and I_ci)."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrays import Floats, Steps, name_window, sort_by, to_floats, to_matrix, to_steps
from data.class_grid import ClassGrid
from data.conditions import Among
from data.digests import read_digest
from data.errors import NothingRecordedError
from data.images import read_places
from data.memory import keep
from data.run_files import RunFiles

_CONFIDENCE_ONE, _NO_CONFIDENCE = 254, 255  # the bytes of a confidence of 1, and of none


@dataclass(frozen=True)
class ClassCurves:
    """The results of every class at every validated step; NaN where a class has none."""

    steps: Steps  # (step,)
    class_ids: NDArray[np.int32]  # (class,)
    names: tuple[str, ...]  # (class,)
    images: NDArray[np.int64]  # (class,) how many images each has
    right: Floats  # (step, class) images that are right
    n: Floats  # (step, class) images that were validated
    score_mean: Floats  # (step, class) over finite scores
    bad: NDArray[np.bool_]  # (step, class) scores were recorded, and none is finite


@dataclass(frozen=True)
class ClassImages:
    """What each image of one class was taken for, at every validated step."""

    steps: Steps  # (step,)
    images: NDArray[np.int32]  # (image,) in the order of their slots
    ids: tuple[str, ...]  # (image,)
    right: NDArray[np.bool_] | None  # (step, image); None without predictions
    predicted: NDArray[np.int32] | None  # (step, image) class, -1 = none
    confidence: Floats | None  # (step, image) 0 to 1, NaN = none
    scores: NDArray[np.float32] | None  # (step, image)


@keep
def read_class_curves(
    run: RunFiles, first: int | None = None, last: int | None = None
) -> ClassCurves:
    """Read the results of all classes at the validated steps from first to last."""
    kinds = _find_kinds(run)
    table = run.look_up("class_stat", ["class", "step", "n", "right"], {}, (first, last))
    ids = np.array([class_ for class_, _, _ in run.classes], np.int32)
    grid = ClassGrid(table, ids)
    shape = len(grid.steps), len(ids)
    score_mean, bad = np.broadcast_to(np.nan, shape), np.broadcast_to(np.False_, shape)
    if kinds.scored:
        window = name_window(first, last)
        scores = run.fetch("class_scores", "class_stat", (first, last), **window)
        scored = ClassGrid(scores, ids, grid.steps)
        score_mean = scored.spread(to_floats(scores["score_mean"]), np.nan).T
        bad = scored.spread(scores["bad"].to_numpy(), fill=False).T
    return ClassCurves(
        steps=grid.steps,
        class_ids=ids,
        names=tuple(name for _, name, _ in run.classes),
        images=np.array([images for _, _, images in run.classes], np.int64),
        right=grid.spread(table["right"].to_numpy(), np.nan, np.float64).T,
        n=grid.spread(table["n"].to_numpy(), np.nan, np.float64).T,
        score_mean=score_mean,
        bad=bad,
    )


@keep
def read_class_images(
    run: RunFiles, class_: int, first: int | None = None, last: int | None = None
) -> ClassImages:
    """Read the results of each image of a class at the validated steps from first to last."""
    members = _find_members(run, class_)
    if not members.num_rows:
        raise NothingRecordedError(
            f"The run {run.name!r} has no images of a class {class_!r}; its classes are 0 to"
            f" {len(run.classes) - 1}."
        )
    table = run.look_up(
        "class_stat",
        ["step", "bits", "predicted", "confidence", "score"],
        {"class": Among([class_])},
        (first, last),
    )
    table = sort_by(table, "step")
    shown = _find_kinds(run)
    slots = members["slot"].to_numpy()
    width = int(slots.max()) + 1
    confidence = to_matrix(table["confidence"], width, _NO_CONFIDENCE)[:, slots]
    return ClassImages(
        steps=to_steps(table["step"]),
        images=members["image"].to_numpy(),
        ids=tuple(members["id"].to_pylist()),
        right=unpack_bits(table["bits"], width)[:, slots] if shown.predicted else None,
        predicted=to_matrix(table["predicted"], width, -1)[:, slots] if shown.predicted else None,
        confidence=_to_confidence(confidence) if shown.predicted else None,
        scores=to_matrix(table["score"], width, np.nan)[:, slots] if shown.scored else None,
    )


def unpack_bits(column: pa.ChunkedArray, width: int) -> NDArray[np.bool_]:
    """Return words of bits as (row, slot) for `width` slots; False where a row is null."""
    return unpack_words(to_matrix(column, -(-width // 64), 0), width)


def unpack_words(words: NDArray[np.unsignedinteger], width: int) -> NDArray[np.bool_]:
    """Return words of bits, (row, word), as (row, slot) for `width` slots."""
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(octets, axis=1, count=width, bitorder="little").view(np.bool_)


@dataclass(frozen=True)
class _Kinds:
    predicted: bool
    scored: bool


def _find_kinds(run: RunFiles) -> _Kinds:
    digest = read_digest(run, "class_digest")
    if not digest:
        raise NothingRecordedError(
            f"The run {run.name!r} has no validation results; recorder.validate(loader) records"
            " them."
        )
    return _Kinds(
        predicted=any(row["predicted"] for row in digest),
        scored=any(row["scored"] for row in digest),
    )


def _find_members(run: RunFiles, class_: int) -> pa.Table:
    places = read_places(run)
    first, last = np.searchsorted(places["class"].to_numpy(), [class_, class_ + 1])
    return places.slice(first, last - first)


def _to_confidence(octets: NDArray[np.uint8]) -> Floats:
    return np.where(octets == _NO_CONFIDENCE, np.nan, octets / _CONFIDENCE_ONE)

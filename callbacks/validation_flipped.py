"""Loads the images that flipped at a step, with the labels they were given before and there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.class_rows import ClassRow, label_rows
from callbacks.anomalies import AnomalySettings, RunFlips, load_flips
from callbacks.validation_charts import align_rows, name_labels
from callbacks.validation_strips import load_class_curves
from data.answers import Answers
from data.classes import read_class_images
from data.errors import NothingRecordedError, UnreadableRunError
from data.pictures import read_pictured
from data.store import Run, open_run
from figures.validation_flipped import ClassFlips, FlippedImage

SHOWN = 60  # images of a class
CLASSES = 12


@dataclass(frozen=True)
class Found:
    """The flips of one class at one step of a run, as far as the rules count them."""

    images: NDArray[np.int64]  # (flip,) places in the answers
    learned: NDArray[np.bool_]  # (flip,)


def load_flipped(
    names: Sequence[str], step: int, rows: Sequence[int], settings: AnomalySettings
) -> list[ClassFlips]:
    """Load the flips that the settings count at a step, by row of the page, then by run."""
    runs = tuple(open_run(name) for name in names)
    try:
        aligned = align_rows(runs)
    except UnreadableRunError:
        return []
    wanted = [number for number in dict.fromkeys(rows) if 0 <= number < len(aligned)]
    found = []
    for number in wanted[:CLASSES]:
        for place, run in enumerate(runs):
            class_ = aligned[number].classes[place]
            flips = None if class_ is None else _load(run, place, aligned, number, (step, settings))
            if flips is not None:
                found.append(flips)
    return found


def _load(
    run: Run, place: int, rows: list[ClassRow], number: int, asked: tuple[int, AnomalySettings]
) -> ClassFlips | None:
    step, settings = asked
    loaded = load_flips(run)
    curves = load_class_curves(run)
    class_ = rows[number].classes[place]
    if loaded is None or curves is None or class_ is None:
        return None
    id_ = int(curves.class_ids[class_])
    flips = find_counted(loaded, id_, step, settings)
    if flips is None or not len(flips.images):
        return None
    ids = [None if at is None else int(curves.class_ids[at]) for at in _classes(rows, place)]
    labels = _read_labels(run, id_, loaded.answers, step, ids)
    pictured = read_pictured(run)
    images = []
    for at, learned in zip(flips.images.tolist(), flips.learned.tolist(), strict=True):
        image = int(loaded.answers.images[at])
        name, before, after = labels.get(image, (str(image), None, None))
        images.append(
            FlippedImage(
                image, name, bool(np.isin(image, pictured)), learned,
                *(None if label is None else _name(rows, label) for label in (before, after)),
            )
        )  # fmt: skip
    return ClassFlips(number, rows[number].name, run.name, len(images), tuple(images[:SHOWN]))


def _classes(rows: list[ClassRow], place: int) -> list[int | None]:
    return [row.classes[place] for row in rows]


def find_counted(
    loaded: RunFlips, class_id: int, step: int, settings: AnomalySettings
) -> Found | None:
    """Find the flips of a class at a step that its score counts; None at a step not validated."""
    answers, flips = loaded.answers, loaded.flips
    at = int(np.searchsorted(answers.steps, step))
    if at == len(answers.steps) or answers.steps[at] != step:
        return None
    place = int(np.searchsorted(answers.class_ids, class_id))
    left, right = flips.before >= settings.window, flips.after >= settings.window
    steady = {"left": left, "right": right}.get(settings.rule, left | right)
    counted = (flips.step == at) & steady & (answers.classes[flips.image] == place)
    if settings.direction != "both":
        counted &= flips.learned == (settings.direction == "learned")
    order = np.argsort(flips.learned[counted], kind="stable")  # forgotten ones first
    return Found(flips.image[counted][order], flips.learned[counted][order])


def _read_labels(
    run: Run, class_id: int, answers: Answers, step: int, ids: Sequence[int | None]
) -> dict[int, tuple[str, int | None, int | None]]:
    at = int(np.searchsorted(answers.steps, step))
    try:
        found = read_class_images(run, class_id, int(answers.steps[max(0, at - 1)]), step)
        if len(found.steps) < 2:  # the class was not validated the step before
            found = read_class_images(run, class_id, None, step)
    except (NothingRecordedError, UnreadableRunError):
        return {}
    if found.predicted is None or len(found.steps) < 2:
        return {}
    before, after = label_rows(found.predicted[-2:], ids).tolist()
    return {
        image: (name, *pair)
        for image, name, *pair in zip(found.images.tolist(), found.ids, before, after, strict=True)
    }


def _name(rows: list[ClassRow], label: int) -> str:
    return "no label" if label < 0 else name_labels(rows, [label])[0]

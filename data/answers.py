"""Reads whether each image of a run was right, at every validation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import JaggedColumn, Steps, find_places, find_steps
from data.classes import unpack_words
from data.errors import NothingRecordedError
from data.images import read_places
from data.memory import keep
from data.run_files import RunFiles


def _whole(places: NDArray[np.int32], size: int) -> NDArray[np.int32] | slice:
    """Return places, as a slice where they are all of a size, one after the other."""
    whole = len(places) == size and np.array_equal(places, np.arange(size))
    return slice(None) if whole else places


@dataclass(frozen=True)
class Answers:
    """Whether each image was right at each validated step."""

    steps: Steps  # (step,) validated steps
    class_ids: NDArray[np.int32]  # (class,)
    images: NDArray[np.int32]  # (image,) sorted by class, then slot
    classes: NDArray[np.int64]  # (image,) place of its class in class_ids
    correct: NDArray[np.bool_]  # (image, step) False where its class was not validated
    valid: NDArray[np.bool_] | None  # (class, step) was validated; None where all were at all steps

    @property
    def valid_images(self) -> NDArray[np.bool_] | None:
        """Whether each image was validated, (image, step); None where all were at all steps."""
        return None if self.valid is None else self.valid[self.classes]


@keep
def read_answers(run: RunFiles) -> Answers:
    """Read the answers of a whole run; raises NothingRecordedError where nothing was predicted."""
    table = run.fetch("class_answers", "class_stat")
    if not table.num_rows:
        raise NothingRecordedError(
            f"The run {run.name!r} predicted nothing; recorder.validate(loader) records predictions"
            " of a model that gives logits."
        )
    places = read_places(run)
    ids = np.array([class_ for class_, _, _ in run.classes], np.int32)
    slots = places["slot"].to_numpy()
    classes = np.searchsorted(ids, places["class"].to_numpy())
    steps = find_steps(table["step"])
    column = find_places(table["step"], steps)
    # Compacted files are sorted by class: few runs to merge.
    order = np.argsort(table["class"].to_numpy(), kind="stable")
    of_row = table["class"].to_numpy()[order]
    correct = np.zeros((len(slots), len(steps)), dtype=np.bool_)
    valid = np.zeros((len(ids), len(steps)), dtype=np.bool_)
    words = JaggedColumn(table["bits"])
    starts = np.searchsorted(of_row, ids)
    ends = np.searchsorted(of_row, ids, side="right")
    members = np.searchsorted(classes, np.arange(len(ids) + 1))
    for class_, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        first, last = members[class_ : class_ + 2]
        if start == end or first == last:
            continue
        own, rows = slots[first:last], order[start:end]
        width = int(own.max()) + 1
        bits = unpack_words(words.read(rows, -(-width // 64), 0), width)
        # Most often all slots at all steps, in order: copied, not picked out one by one.
        at = _whole(column[rows], len(steps))
        correct[first:last, at] = bits[:, _whole(own, bits.shape[1])].T
        valid[class_, at] = True
    images = places["image"].to_numpy()
    return Answers(steps, ids, images, classes, correct, None if valid.all() else valid)

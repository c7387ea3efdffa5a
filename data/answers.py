"""Reads whether each image of a run was right, at every validation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import Steps, to_matrix
from data.class_grid import ClassGrid
from data.classes import unpack_words
from data.errors import NothingRecordedError
from data.images import read_places
from data.memory import keep
from data.run_files import RunFiles

_BITS = 64  # of a word


@dataclass(frozen=True)
class Answers:
    """Whether each image was right at each validated step."""

    steps: Steps  # (step,) validated steps
    class_ids: NDArray[np.int32]  # (class,)
    images: NDArray[np.int32]  # (image,) sorted by class, then slot
    classes: NDArray[np.int64]  # (image,) place of its class in class_ids
    slots: NDArray[np.int32]  # (image,) its bit
    words: NDArray[
        np.uint64
    ]  # (class, step, word) 64 bits each; 0 where its class was not validated
    valid: NDArray[np.bool_] | None  # (class, step) was validated; None where all were at all steps

    @property
    def valid_images(self) -> NDArray[np.bool_] | None:
        """Whether each image was validated, (image, step); None where all were at all steps."""
        return None if self.valid is None else self.valid[self.classes]

    def unpack(self) -> NDArray[np.bool_]:
        """Return whether each image was right, (image, step): a byte for each bit of the words."""
        correct = np.empty((len(self.images), len(self.steps)), np.bool_)
        ends = np.searchsorted(self.classes, np.arange(len(self.class_ids) + 1))
        for words, first, last in zip(self.words, ends[:-1], ends[1:], strict=True):
            own = self.slots[first:last]
            bits = unpack_words(words, int(own.max(initial=-1)) + 1)
            # Most often all slots, in order: copied, not picked out one by one.
            whole = len(own) == bits.shape[1] and (np.diff(own) == 1).all()
            correct[first:last] = (bits if whole else bits[:, own]).T
        return correct


@keep
def read_answers(run: RunFiles) -> Answers:
    """Read the answers of a whole run; raises NothingRecordedError where nothing was predicted."""
    table = run.look_up("class_stat", ["class", "step", "bits"], {})
    if table["bits"].null_count:
        table = table.filter(table["bits"].is_valid())
    if not table.num_rows:
        raise NothingRecordedError(
            f"The run {run.name!r} predicted nothing; recorder.validate(loader) records predictions"
            " of a model that gives logits."
        )
    places = read_places(run)
    ids = np.array([class_ for class_, _, _ in run.classes], np.int32)
    slots = places["slot"].to_numpy()
    grid = ClassGrid(table, ids)
    width = int(slots.max(initial=-1)) // _BITS + 1
    return Answers(
        steps=grid.steps,
        class_ids=ids,
        images=places["image"].to_numpy(),
        classes=np.searchsorted(ids, places["class"].to_numpy()),
        slots=slots,
        words=grid.spread(to_matrix(table["bits"], width, 0), 0),
        valid=None if grid.covered.all() else grid.covered,
    )

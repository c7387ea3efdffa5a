"""Loads what the chosen runs answered to one image: labels over the steps, and how often right."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from analytics.confusions import NO_LABEL, measure_lane_shares
from analytics.flips import find_flips
from analytics.image_order import align_images
from callbacks.validation_charts import (
    LANES,
    ShownClass,
    align_rows,
    find_cells,
    load_class,
    name_labels,
    ranked_labels,
)
from data.errors import UnreadableRunError
from data.store import open_run
from figures.validation_images import RunAnswers

NAMED = 3  # wrong labels that the inspector names

Answers = tuple[dict[str, str], tuple[str, ...], tuple[RunAnswers | None, ...]]


def load_answers(names: Sequence[str], image: int, opened: Sequence[int]) -> Answers | None:
    """Load the answers to an image of one of the open rows; None where none of them has it."""
    runs = tuple(open_run(name) for name in names)
    rows = align_rows(runs)
    for row in (rows[number] for number in opened if 0 <= number < len(rows)):
        try:
            shown = load_class(runs, rows, row)
        except UnreadableRunError:
            continue  # the chart of the class says so
        lead = next((found for found in shown.images if found is not None), None)
        if lead is not None and image in lead.images:
            return _describe(shown, int(np.flatnonzero(lead.images == image)[0]))
    return None


def _describe(shown: ShownClass, place: int) -> Answers:
    lead = shown.images[shown.lead]
    assert lead is not None
    run = shown.runs[shown.lead]
    ranked = ranked_labels(shown, place)
    others = [label for label in ranked_labels(shown) if label not in ranked]
    lanes = [*ranked, *others][:LANES]
    facts = {
        "run": run.name,
        "id": lead.ids[place],
        "label": shown.row.name,
        "row": str(shown.row.row),
    }
    answers = tuple(
        None if found is None else _answer(shown, at, lead.ids[place], lanes)
        for at, found in enumerate(shown.images)
    )
    return facts, name_labels(shown.rows, lanes), answers


def _answer(shown: ShownClass, at: int, id_: str, lanes: Sequence[int]) -> RunAnswers | None:
    images = shown.images[at]
    assert images is not None
    cells = find_cells(shown.runs[at], images)
    place = int(align_images([id_], images.ids)[0])
    if place < 0:
        return None
    score = None
    if images.scores is not None:
        finite = images.scores[:, place][np.isfinite(images.scores[:, place])]
        score = (float(finite.min()), float(finite.max())) if len(finite) else None
    if images.predicted is None or images.right is None:
        return RunAnswers(cells, None, 0, (), None, None, score)
    predicted = images.predicted[:, place]
    right = images.right[:, place]
    return RunAnswers(
        cells,
        int(right.sum()),
        int(find_flips(right[None]).count_forgotten(1)[0]),
        _taken_for(shown, predicted.tolist(), lanes[0]),
        np.array([_lane(label, lanes) for label in predicted.tolist()], dtype=np.int64),
        measure_lane_shares(images.predicted, lanes),
        score,
    )


def _lane(label: int, lanes: Sequence[int]) -> int:
    return lanes.index(label) if label in lanes else len(lanes)


def _taken_for(
    shown: ShownClass, predicted: Sequence[int], own: int
) -> tuple[tuple[str, int], ...]:
    counts = Counter(label for label in predicted if label != own)
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:NAMED]
    return tuple(
        ("no label" if label == NO_LABEL else name_labels(shown.rows, [label])[0], steps)
        for label, steps in found
    )

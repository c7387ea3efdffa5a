"""Loads the images of open classes, in the same order for every chosen run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.class_rows import UNKNOWN_ROW, ClassRow, align_classes, label_rows
from analytics.confusions import encode_labels, measure_lane_shares, rank_labels
from analytics.flips import find_flips
from analytics.image_order import (
    align_images,
    count_by_difficulty,
    order_by_difficulty,
    order_by_score,
)
from analytics.row_bands import band_size
from analytics.score_scale import ScoreScale, find_score_scale
from callbacks.validation_strips import load_class_curves, shows_scores
from data.classes import ClassImages, read_class_images
from data.errors import NothingRecordedError, UnreadableRunError
from data.pictures import read_pictured
from data.store import Run, open_run
from figures.validation_images import ClassChart, RunImages, StepCells

ROWS_AT_MOST = 2_000  # beyond, neighbouring images share a row
LANES = 3  # the own label and the two most frequent wrong ones


@dataclass(frozen=True)
class LoadedCharts:
    """The open classes that could be read, each with the scale of its scores."""

    charts: list[tuple[ClassChart, ScoreScale | None]]
    unreadable: tuple[str, ...]  # a sentence each


@dataclass(frozen=True)
class ShownClass:
    """A class as each run recorded it; the first run that has it leads."""

    row: ClassRow
    rows: list[ClassRow]
    runs: tuple[Run, ...]
    images: tuple[ClassImages | None, ...]  # labels are rows, so that runs agree on them

    @property
    def lead(self) -> int:
        """Find the place of the run whose images and order all runs follow."""
        return next(place for place, found in enumerate(self.images) if found is not None)


def load_charts(names: Sequence[str], opened: Sequence[int], order: str) -> LoadedCharts:
    """Load the open rows that exist; order is "difficulty" or "recorded"."""
    runs = tuple(open_run(name) for name in names)
    rows = align_rows(runs)
    charts = []
    unreadable = []
    for row in (rows[number] for number in opened if 0 <= number < len(rows)):
        try:
            shown = load_class(runs, rows, row)
        except UnreadableRunError as error:
            unreadable.append(str(error))
            continue
        if any(found is not None for found in shown.images):
            charts.append(_chart(shown, order))
    return LoadedCharts(charts, tuple(unreadable))


def align_rows(runs: Sequence[Run]) -> list[ClassRow]:
    """Give the classes of the runs the rows that the strips have."""
    curves = [load_class_curves(run) for run in runs]
    scored = next((shows_scores(found) for found in curves if found), False)
    fitting = [found if found and shows_scores(found) == scored else None for found in curves]
    return align_classes([found.names if found else () for found in fitting])


def load_class(runs: tuple[Run, ...], rows: list[ClassRow], row: ClassRow) -> ShownClass:
    """Read a class of every run that has it."""
    images = tuple(
        None if class_ is None else _images(run, class_, [other.classes[place] for other in rows])
        for place, (run, class_) in enumerate(zip(runs, row.classes, strict=True))
    )
    return ShownClass(row, rows, runs, images)


def _images(run: Run, class_: int, classes: Sequence[int | None]) -> ClassImages | None:
    curves = load_class_curves(run)
    assert curves is not None, "a row names a class of a run with results"
    ids = [None if place is None else int(curves.class_ids[place]) for place in classes]
    try:
        images = read_class_images(run, int(curves.class_ids[class_]))
    except NothingRecordedError:
        return None
    if images.predicted is None:
        return images
    return replace(images, predicted=label_rows(images.predicted, ids))


def _chart(shown: ShownClass, order: str) -> tuple[ClassChart, ScoreScale | None]:
    lead = shown.images[shown.lead]
    assert lead is not None
    places = _order(lead, order)
    ids = tuple(lead.ids[place] for place in places)
    labels = ranked_labels(shown)
    names = name_labels(shown.rows, labels)
    scored = [found.scores for found in shown.images if found and found.scores is not None]
    scale = find_score_scale(scored) if lead.right is None else None
    groups = None
    if order == "difficulty" and lead.right is not None:
        groups = count_by_difficulty(lead.right)
    chart = ClassChart(
        shown.row.row,
        shown.row.name,
        lead.images[places],
        np.isin(lead.images[places], read_pictured(shown.runs[shown.lead])),
        ids,
        shown.runs[shown.lead].name,
        names,
        groups,
        band_size(len(ids), ROWS_AT_MOST),
        tuple(
            None if found is None else _arrange(run, found, ids, labels)
            for run, found in zip(shown.runs, shown.images, strict=True)
        ),
    )
    return chart, scale


def _order(images: ClassImages, order: str) -> NDArray[np.int64]:
    if order == "difficulty" and images.right is not None:
        return order_by_difficulty(images.right)
    if order == "difficulty" and images.scores is not None:
        return order_by_score(images.scores)
    return np.arange(len(images.ids), dtype=np.int64)


def ranked_labels(shown: ShownClass, place: int | None = None) -> list[int]:
    """Rank the labels given to the class by all runs; only to the image at `place` where given."""
    predicted = [found.predicted for found in shown.images if found and found.predicted is not None]
    if place is not None:
        lead = shown.images[shown.lead]
        assert lead is not None
        predicted = [
            found.predicted[:, align_images([lead.ids[place]], found.ids)]
            for found in shown.images
            if found and found.predicted is not None and lead.ids[place] in found.ids
        ]
    return rank_labels(predicted, shown.row.row) if predicted else []


def name_labels(rows: Sequence[ClassRow], labels: Sequence[int]) -> tuple[str, ...]:
    """Name labels, which are rows; a label of no row is called by its number."""
    return tuple(
        rows[label].name if label < len(rows) else f"class {label - UNKNOWN_ROW}"
        for label in labels
    )


def find_cells(run: Run, images: ClassImages) -> StepCells:
    """Find the cells of the run's rows that a class fills; it may be missing at some steps."""
    curves = load_class_curves(run)
    assert curves is not None, "only runs with results have images"
    return StepCells(np.searchsorted(curves.steps, images.steps), len(curves.steps))


def _arrange(run: Run, images: ClassImages, ids: Sequence[str], labels: Sequence[int]) -> RunImages:
    places = align_images(ids, images.ids)
    known = places >= 0
    right = None if images.right is None else images.right[:, places] & known
    forgotten = np.zeros(len(ids), dtype=np.int64)
    if right is not None:
        forgotten = find_flips(right.T).count_forgotten(len(ids))
    codes = lanes = None
    if images.predicted is not None:
        codes = encode_labels(images.predicted[:, places], labels)
        lanes = measure_lane_shares(images.predicted, labels[:LANES])
    return RunImages(
        find_cells(run, images),
        right,
        codes,
        None if images.scores is None else images.scores[:, places],
        None if images.confidence is None else images.confidence[:, places],
        known,
        forgotten,
        lanes,
    )

"""Loads the images of open classes, in the same order for every chosen run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

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
from analytics.similarity_order import order_by_similarity
from callbacks.validation_strips import load_class_curves, shows_scores
from data.classes import ClassImages, read_class_images
from data.errors import NothingRecordedError, UnreadableRunError
from data.pictures import read_pictured
from data.store import Run, open_run
from figures.validation_images import ClassChart, Galleries, RunImages, StepCells

ROWS_AT_MOST = 2_000  # beyond, neighbouring images share a row
GALLERY = 200  # images at most
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
    of: str = ""  # the run that leads, where it has the class

    @property
    def lead(self) -> int:
        """Find the place of the run whose images and order all runs follow."""
        for place, (run, found) in enumerate(zip(self.runs, self.images, strict=True)):
            if run.name == self.of and found is not None:
                return place
        return next(place for place, found in enumerate(self.images) if found is not None)


def load_charts(
    names: Sequence[str], opened: Sequence[int], order: str, of: str = ""
) -> LoadedCharts:
    """Load the open rows that exist; order is "difficulty", "similarity" or "recorded".

    of names the run whose images and order all runs follow; the first that has them otherwise.
    """
    runs = tuple(open_run(name) for name in names)
    rows = align_rows(runs)
    charts = []
    unreadable = []
    for row in (rows[number] for number in opened if 0 <= number < len(rows)):
        try:
            shown = load_class(runs, rows, row, of)
        except UnreadableRunError as error:
            unreadable.append(str(error))
            continue
        if any(found is not None for found in shown.images):
            charts.append(_chart(shown, order))
    return LoadedCharts(charts, tuple(unreadable))


def align_rows(runs: Sequence[Run]) -> list[ClassRow]:
    """Give the classes of the runs the rows that the strips have."""
    return list(_align(tuple((run.name, run.version) for run in runs)))


@lru_cache(maxsize=8)
def _align(versions: tuple[tuple[str, str], ...]) -> tuple[ClassRow, ...]:
    curves = [load_class_curves(open_run(name)) for name, _ in versions]
    scored = next((shows_scores(found) for found in curves if found), False)
    fitting = [found if found and shows_scores(found) == scored else None for found in curves]
    return tuple(align_classes([found.names if found else () for found in fitting]))


def load_class(
    runs: tuple[Run, ...], rows: list[ClassRow], row: ClassRow, of: str = ""
) -> ShownClass:
    """Read a class of every run that has it."""
    images = tuple(
        None if class_ is None else _images(run, class_, [other.classes[place] for other in rows])
        for place, (run, class_) in enumerate(zip(runs, row.classes, strict=True))
    )
    return ShownClass(row, rows, runs, images, of)


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
        _galleries(shown),
        band_size(len(ids), ROWS_AT_MOST),
        tuple(
            None if found is None else _arrange(run, found, ids, labels)
            for run, found in zip(shown.runs, shown.images, strict=True)
        ),
    )
    return chart, scale


def _order(images: ClassImages, order: str) -> NDArray[np.int64]:
    rows: NDArray[np.floating] | None = images.scores
    places = np.arange(len(images.ids), dtype=np.int64)
    if order == "recorded":
        return places
    if images.right is not None:
        rows, places = images.right.astype(np.float64), order_by_difficulty(images.right)
    elif images.scores is not None:
        places = order_by_score(images.scores)
    if order == "similarity" and rows is not None:
        return places[order_by_similarity(rows.T[places])]  # easy ones stay first
    return places


def _galleries(shown: ShownClass) -> Galleries | None:
    # Of the leading run: its images never right, and those it forgot most often.
    lead = shown.images[shown.lead]
    assert lead is not None
    if lead.right is None:
        return None
    times = find_flips(lead.right.T).count_forgotten(len(lead.ids))
    pictured = np.isin(lead.images, read_pictured(shown.runs[shown.lead]))
    never = np.flatnonzero(~lead.right.any(0))
    often = np.argsort(-times, kind="stable")
    often = often[times[often] > 1]

    def describe(places: NDArray[np.int64]) -> tuple[tuple[int, str, bool, int], ...]:
        return tuple(
            (int(lead.images[at]), lead.ids[at], bool(pictured[at]), int(times[at]))
            for at in places[:GALLERY].tolist()
        )

    return Galleries(describe(never), len(never), describe(often), len(often))


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

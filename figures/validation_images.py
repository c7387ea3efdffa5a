"""What the canvas paints of an open class: a row per image, and the labels it was taken for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.confusions import MISSING_CODE
from analytics.row_bands import average_rows
from analytics.score_scale import ScoreScale
from figures.canvas_bytes import pack_codes, pack_scores, pack_shares

Payload = dict[str, Any]


@dataclass(frozen=True)
class StepCells:
    """Which cells of a run's row the steps of a class fill; the others are missing."""

    cells: NDArray[np.int64]  # (step,)
    count: int  # of all cells of a row

    def spread(self, rows: NDArray[Any], missing: float) -> NDArray[Any]:
        """Put (row, step) values into (row, cell), `missing` elsewhere."""
        spread = np.full((len(rows), self.count), missing, dtype=rows.dtype)
        spread[:, self.cells] = rows
        return spread


@dataclass(frozen=True)
class RunImages:
    """The images of a class in one run, in the row order of the chart."""

    cells: StepCells
    right: NDArray[np.bool_] | None  # (step, row); None where nothing is predicted
    codes: NDArray[np.uint8] | None  # (step, row) places in the labels of the chart
    scores: NDArray[np.floating] | None  # (step, row)
    confidence: NDArray[np.floating] | None  # (step, row) 0 to 1
    known: NDArray[np.bool_]  # (row,) False where this run has no such image
    forgotten: NDArray[np.int64]  # (row,) times
    lanes: NDArray[np.float64] | None  # (lane, step) shares of the class; the last is the rest


@dataclass(frozen=True)
class Galleries:
    """Images of a class worth a look: (image number, id, has a picture, times forgotten)."""

    never: tuple[tuple[int, str, bool, int], ...]
    never_count: int
    forgotten: tuple[tuple[int, str, bool, int], ...]  # most often first
    forgotten_count: int

    def to_payload(self) -> Payload:
        """List both galleries."""
        return {
            "never": _list_gallery(self.never, self.never_count),
            "forgotten": _list_gallery(self.forgotten, self.forgotten_count),
        }


def _list_gallery(images: Sequence[tuple[int, str, bool, int]], count: int) -> Payload:
    names = ("image", "id", "pictured", "times")
    return {"count": count, "images": [dict(zip(names, one, strict=True)) for one in images]}


@dataclass(frozen=True)
class ClassChart:
    """The images of one class, in the same order for every run."""

    row: int
    name: str
    images: NDArray[np.integer]  # (row,) image numbers in the run they come from
    pictured: NDArray[np.bool_]  # (row,) whether the image has a picture
    ids: tuple[str, ...]  # (row,)
    run: str  # whose images and order these are
    labels: tuple[str, ...]  # by code: the own label, then the most frequent wrong ones
    groups: tuple[int, int, int, int] | None  # images by difficulty, where they stand so
    galleries: Galleries | None  # None where nothing is predicted
    band: int  # images that share a row
    runs: tuple[RunImages | None, ...]


def draw_class(chart: ClassChart, scale: ScoreScale | None) -> Payload:
    """Pack the pixel chart of a class; bands of several images carry shares, not labels."""
    return {
        "row": chart.row,
        "name": chart.name,
        "run": chart.run,
        "count": len(chart.images),
        "band": chart.band,
        "images": chart.images[:: chart.band].tolist(),
        "pictured": chart.pictured[:: chart.band].tolist(),
        "ids": list(chart.ids[:: chart.band]),
        "labels": list(chart.labels),
        "groups": None if chart.groups is None else list(chart.groups),
        "galleries": None if chart.galleries is None else chart.galleries.to_payload(),
        "scale": None if scale is None else {**vars(scale)},
        "runs": [None if run is None else _pack_run(run, chart.band, scale) for run in chart.runs],
    }


def _pack_run(run: RunImages, band: int, scale: ScoreScale | None) -> Payload:
    cells = run.cells
    payload: Payload = {"steps": cells.count, "codes": None, "shares": None, "confidence": None}
    if run.codes is not None and band == 1:
        codes = np.where(run.known, run.codes, np.uint8(MISSING_CODE)).T
        payload["codes"] = pack_codes(cells.spread(codes, MISSING_CODE))
    if run.right is not None:
        right = average_rows(np.where(run.known, run.right, np.nan).T, band)
        payload["shares"] = pack_shares(cells.spread(right, np.nan))
        payload["right"] = run.right.sum(0)[::band].tolist()
        payload["forgotten"] = run.forgotten[::band].tolist()
    elif run.scores is not None and scale is not None:
        scores = np.where(run.known, run.scores, np.nan).T
        banded = average_rows(np.where(np.isfinite(scores), scores, np.nan), band)
        # Every score of a validated step was recorded: one that is no number is not missing.
        bad = np.isnan(banded) & average_rows(run.known[:, None].astype(float), band).astype(bool)
        payload["shares"] = pack_scores(
            cells.spread(banded, np.nan),
            scale.low,
            scale.high,
            cells.spread(bad, missing=False),
        )
    if run.confidence is not None and band == 1 and run.confidence.size <= CONFIDENCES:
        confidence = np.where(run.known, run.confidence, np.nan).T
        payload["confidence"] = pack_shares(cells.spread(confidence, np.nan))
    if run.lanes is not None:
        payload["lanes"] = pack_shares(cells.spread(run.lanes, np.nan))
    return payload


CONFIDENCES = 200_000  # cells: a larger chart is sent without, for its tooltip alone


@dataclass(frozen=True)
class RunAnswers:
    """What one run answered to one image."""

    cells: StepCells
    right: int | None  # steps; None where nothing is predicted
    forgotten: int
    taken_for: tuple[tuple[str, int], ...]  # wrong labels with the steps each was given
    lane: NDArray[np.int64] | None  # (step,) lane of its predicted label
    shares: NDArray[np.float64] | None  # (lane, step) of the class
    score: tuple[float, float] | None  # lowest and highest


def draw_answers(
    image: int, facts: dict[str, str], lanes: Sequence[str], runs: Sequence[RunAnswers | None]
) -> Payload:
    """Pack what the inspector shows of a pinned image. facts: its run, id and label."""
    return {
        "image": image,
        **facts,
        "lanes": list(lanes),
        "runs": [None if run is None else _pack_answers(run) for run in runs],
    }


def _pack_answers(run: RunAnswers) -> Payload:
    return {
        "steps": len(run.cells.cells),
        "right": run.right,
        "forgotten": run.forgotten,
        "taken_for": [[label, steps] for label, steps in run.taken_for],
        "lane": None if run.lane is None else run.cells.spread(run.lane[None], -1)[0].tolist(),
        "shares": None if run.shares is None else pack_shares(run.cells.spread(run.shares, np.nan)),
        "score": None if run.score is None else list(run.score),
    }

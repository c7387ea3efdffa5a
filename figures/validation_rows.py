"""What the canvas of the Validation page paints: a curve, a strip per class, and their scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.class_rows import ClassRow
from analytics.score_scale import ScoreScale
from figures.canvas_bytes import Packed, pack_counts, pack_scores, pack_shares

Payload = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A curve over the steps: what is drawn above the strips."""

    name: str  # "validation" or "training"
    steps: NDArray[np.int64]
    values: NDArray[np.float64]  # NaN breaks the line


@dataclass(frozen=True)
class RunStrips:
    """The validation of one run: shares wrong where labels were predicted, else mean scores."""

    name: str
    steps: NDArray[np.int64]  # (step,)
    values: NDArray[np.float64]  # (step, class) error 0 to 1, or score; NaN where not validated
    wrong: NDArray[np.int64] | None  # (step, class) images; -1 unknown; None for scores
    images: NDArray[np.int64]  # (step, class)
    overall: NDArray[np.float64]  # (step,)
    mean: NDArray[np.float64]  # (class,) over the steps
    lines: tuple[Line, ...]
    stages: tuple[tuple[int, int, float], ...]  # first step, last step, learning rate
    icons: tuple[int, ...]  # (class,) an image of the class; -1 without a picture
    growing: bool = False  # still being written
    lost: tuple[tuple[int, int, str], ...] = ()  # first and last step of a damaged file, its path
    bad: NDArray[np.bool_] | None = None  # (step, class) no score is finite; None for errors

    def overall_bad(self) -> NDArray[np.bool_]:
        """Tell at which steps the score over all images is not finite; (step,)."""
        if self.bad is None:
            return np.zeros(len(self.steps), dtype=np.bool_)
        return np.asarray(self.bad.any(1))

    def first_bad_step(self) -> int | None:
        """Find the first step whose score over all images is not finite, where there is one."""
        bad = self.steps[self.overall_bad()]
        return int(bad[0]) if len(bad) else None


def draw_strips(
    runs: Sequence[RunStrips | None], rows: Sequence[ClassRow], scale: ScoreScale | None
) -> Payload:
    """Pack the strips of runs side by side; a run without results is None.

    Errors are packed as counts, so that what is read off is exact; scores (scale given) in 65,533
    levels between its ends.
    """
    return {
        "scale": None if scale is None else {**vars(scale)},
        "runs": [None if run is None else _describe_run(run, scale) for run in runs],
        "classes": [_describe_class(row, runs, scale) for row in rows],
    }


def _describe_run(run: RunStrips, scale: ScoreScale | None) -> Payload:
    return {
        "name": run.name,
        "steps": run.steps.tolist(),
        "growing": run.growing,
        "lost": [[first, last, path] for first, last, path in run.lost],
        "images": int(run.images.sum(1).max(initial=0)),
        "overall": _pack_overall(run, scale),
        "bad": run.first_bad_step(),
        "lines": [_describe_line(line) for line in run.lines],
        "stages": [[first, last, _rate(rate), rate] for first, last, rate in run.stages],
    }


def _pack_overall(run: RunStrips, scale: ScoreScale | None) -> Packed:
    if scale is None:
        return pack_shares(run.overall, wide=True)
    return pack_scores(run.overall, scale.low, scale.high, run.overall_bad())


def _describe_line(line: Line) -> Payload:
    values = [value if np.isfinite(value) else None for value in line.values.tolist()]
    return {"name": line.name, "steps": line.steps.tolist(), "values": values}


def _rate(value: float) -> str:
    if 0 < abs(value) < 1e-3:
        digits, power = f"{value:.2e}".split("e")
        return f"{float(digits):g}e−{abs(int(power))}"
    return f"{value:.3g}"


def _describe_class(
    row: ClassRow, runs: Sequence[RunStrips | None], scale: ScoreScale | None
) -> Payload:
    shown = [
        None if run is None or class_ is None else (run, class_)
        for run, class_ in zip(runs, row.classes, strict=True)
    ]
    first = next((pair for pair in shown if pair is not None), None)
    mean = float("nan") if first is None else float(first[0].mean[first[1]])
    return {
        "row": row.row,
        "name": row.name,
        "images": 0 if first is None else int(first[0].images[:, first[1]].max(initial=0)),
        "mean": None if np.isnan(mean) else mean,
        "icon": -1 if first is None else first[0].icons[first[1]],
        "icon_run": "" if first is None else first[0].name,
        "strips": [None if pair is None else _pack_strip(*pair, scale) for pair in shown],
    }


def _pack_strip(run: RunStrips, class_: int, scale: ScoreScale | None) -> Packed:
    if scale is not None:
        assert run.bad is not None, "runs with scores say which are not finite"
        return pack_scores(run.values[:, class_], scale.low, scale.high, run.bad[:, class_])
    assert run.wrong is not None, "errors are packed from counts"
    wrong, images = run.wrong[:, class_], run.images[:, class_]
    sizes = set(images[wrong >= 0].tolist())
    if len(sizes) == 1:
        return pack_counts(wrong, sizes.pop())
    return pack_shares(run.values[:, class_], wide=True)

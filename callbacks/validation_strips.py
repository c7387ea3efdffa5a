"""Loads the validation results of the chosen runs, each once per version of the run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.class_errors import measure_class_errors, measure_mean_scores
from analytics.class_rows import ClassRow, align_classes
from analytics.score_scale import ScoreScale, find_score_scale
from data.classes import ClassCurves, read_class_curves
from data.errors import NothingRecordedError, UnreadableRunError
from data.pictures import read_class_icons
from data.scalars import read_curve, read_curve_names, read_stages
from data.store import Run, RunSummary, open_run
from figures.validation_rows import Line, RunStrips

GROWING = ("waiting", "running", "stalled")
BUCKETS = 600  # of a curve: no chart of the page is wider by much


@dataclass(frozen=True)
class LoadedStrips:
    """What the page shows of the chosen runs, and why it shows nothing of some."""

    runs: tuple[RunStrips | None, ...]
    rows: list[ClassRow]
    scale: ScoreScale | None  # of scores; None where errors are shown
    summaries: tuple[RunSummary, ...]
    unreadable: tuple[str, ...]  # a sentence each


def load_strips(names: Sequence[str]) -> LoadedStrips:
    """Load runs to be shown side by side.

    The first run with results decides whether errors or scores are shown; a run that has only the
    other is shown empty.
    """
    runs = [open_run(name) for name in names]
    curves: list[ClassCurves | None] = []
    unreadable = []
    for run in runs:
        try:
            curves.append(load_class_curves(run))
        except UnreadableRunError as error:
            curves.append(None)
            unreadable.append(str(error))
    scored = next((shows_scores(found) for found in curves if found is not None), False)
    fitting = [found if found and shows_scores(found) == scored else None for found in curves]
    scale = find_score_scale([found.score_mean for found in fitting if found]) if scored else None
    return LoadedStrips(
        tuple(
            _describe(run, found, scored) if found else None
            for run, found in zip(runs, fitting, strict=True)
        ),
        align_classes([found.names if found else () for found in fitting]),
        scale,
        tuple(run.summary() for run in runs),
        tuple(unreadable),
    )


def load_class_curves(run: Run) -> ClassCurves | None:
    """Read the results of every class of a run; None where nothing was validated."""
    return _class_curves(run.name, run.version)


@lru_cache(maxsize=8)
def _class_curves(name: str, version: str) -> ClassCurves | None:
    run = open_run(name)
    try:
        return _with_lost_steps(read_class_curves(run), run)
    except NothingRecordedError:
        return None


def _with_lost_steps(curves: ClassCurves, run: Run) -> ClassCurves:
    # Ends of what a damaged file held stand as steps without results, or its neighbours would
    # stretch over the gap.
    ends = {step for first, last, _ in _lost(run) for step in (first, last)}
    steps = np.union1d(curves.steps, np.array(sorted(ends), dtype=np.int64))
    if len(steps) == len(curves.steps):
        return curves
    places = np.searchsorted(steps, curves.steps)

    def spread(values: NDArray[np.floating]) -> NDArray[np.float64]:
        matrix = np.full((len(steps), values.shape[1]), np.nan)
        matrix[places] = values
        return matrix

    bad = np.zeros((len(steps), curves.bad.shape[1]), dtype=np.bool_)
    bad[places] = curves.bad
    return replace(
        curves,
        steps=steps,
        right=spread(curves.right),
        n=spread(curves.n),
        score_mean=spread(curves.score_mean),
        bad=bad,
    )


def _lost(run: Run) -> list[tuple[int, int, str]]:
    # First and last step of each file of results that cannot be read, and its path.
    return [
        (damage.first, damage.last, damage.path)
        for damage in run.damaged()
        if damage.table == "class_stat" and damage.first is not None and damage.last is not None
    ]


def shows_scores(curves: ClassCurves) -> bool:
    """Say whether a run has scores only: no labels were predicted."""
    return not np.isfinite(curves.right).any()


def _describe(run: Run, curves: ClassCurves, scored: bool) -> RunStrips:
    if scored:
        values = curves.score_mean
        wrong = None
        overall = measure_mean_scores(values, curves.n)
        mean = _mean(values)
    else:
        errors = measure_class_errors(curves.right, curves.n)
        values, wrong, overall, mean = errors.errors, errors.wrong, errors.overall, errors.mean
    lines = [Line("validation", curves.steps, overall)]
    if not scored and "train/error" in read_curve_names(run):
        lines.insert(0, _training_line(run))
    return RunStrips(
        run.name,
        curves.steps,
        values,
        wrong,
        np.nan_to_num(curves.n).astype(np.int64),
        overall,
        mean,
        tuple(lines),
        _stages(run),
        _icons(run, curves),
        run.summary().state in GROWING,
        tuple(_lost(run)),
        curves.bad if scored else None,
    )


def _mean(values: NDArray[np.floating]) -> NDArray[np.float64]:
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(0)
    counts = known.sum(0)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def _training_line(run: Run) -> Line:
    # Lowest and highest of a bucket at their own steps, so that no spike is lost.
    curve = read_curve(run, "train/error", None, None, BUCKETS)
    steps = np.concatenate([curve.low_steps, curve.high_steps])
    values = np.concatenate([curve.low, curve.high])
    order = np.argsort(steps, kind="stable")
    _, first = np.unique(steps[order], return_index=True)
    return Line("training", steps[order][first], values[order][first])


def _icons(run: Run, curves: ClassCurves) -> tuple[int, ...]:
    icons = read_class_icons(run)
    return tuple(icons.get(class_, -1) for class_ in curves.class_ids.tolist())


def _stages(run: Run) -> tuple[tuple[int, int, float], ...]:
    stages = read_stages(run)
    if not stages:
        return ()
    group = stages[0].group
    return tuple((stage.first, stage.last, stage.value) for stage in stages if stage.group == group)

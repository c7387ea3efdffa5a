"""Finds the anomaly iterations of a run under the settings in the link, for every page that shows them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from analytics.flips import (
    AnomalyScores,
    Direction,
    Flips,
    Rule,
    Suggestion,
    count_threshold,
    find_flips,
    suggest_settings,
)
from analytics.flips import find_anomalies as find_in_scores
from analytics.steady_flips import CellFlips, SteadyFlips, group_learned, sort_flips
from data.answers import Answers, read_answers
from data.arrays import Steps
from data.errors import NothingRecordedError
from data.scalars import read_stages
from data.store import Run, open_run
from selection import Selection

FLIPS_OPTION = "validation.flips"


@dataclass(frozen=True)
class AnomalySettings:
    """When a (class, step) is an anomaly iteration."""

    window: int = 5  # recorded steps of one answer beside the flip
    threshold: int = 20  # percent of the class that flips
    rule: Rule = "either"
    direction: Direction = "both"


@dataclass(frozen=True)
class RunFlips:
    """Every answer of a run, and every flip."""

    answers: Answers
    flips: Flips


@dataclass(frozen=True)
class Anomalies:
    """The anomaly iterations of a run under some settings, and the scores they are found by."""

    steps: Steps  # (step,) validated steps
    class_ids: NDArray[np.int32]  # (class,)
    images: NDArray[np.int64]  # (class,) how many each has
    scores: AnomalyScores
    least: NDArray[np.int64]  # (class,) flips that reach the threshold
    chosen: NDArray[np.bool_]  # (class, step)


def read_settings(selection: Selection) -> AnomalySettings:
    """Take the settings of a link; what it leaves open is as by default."""
    default = AnomalySettings()
    direction = selection.option(FLIPS_OPTION, default.direction)
    return AnomalySettings(
        selection.window or default.window,
        selection.threshold or default.threshold,
        cast(Rule, selection.rule or default.rule),
        cast(Direction, direction) if direction in get_args(Direction) else default.direction,
    )


def load_flips(run: Run) -> RunFlips | None:
    """Read the answers of a run and find their flips; None where nothing was predicted."""
    return _flips(run.name, run.version)


def find_anomalies(run: Run, settings: AnomalySettings) -> Anomalies | None:
    """Find the anomaly iterations of a run; None where nothing was predicted."""
    return _anomalies(run.name, run.version, settings)


def load_learned(run: Run) -> CellFlips:
    """Sort the flips from wrong to right, of a run that predicted something, by class and step."""
    return _learned(run.name, run.version)


def load_suggestions(run: Run, settings: AnomalySettings) -> tuple[Suggestion, ...]:
    """Suggest windows and thresholds for a run, under the rule and direction of these settings."""
    return _suggestions(run.name, run.version, settings.rule, settings.direction)


def load_stages(run: Run, steps: Steps) -> NDArray[np.int64]:
    """Number the learning-rate stage of each step, (step,); -1 at the first, where nothing changes.

    A rate without stages is one stage. Of several parameter groups the first counts.
    """
    stages = read_stages(run)
    first = min((stage.group for stage in stages), default="")
    begins = [stage.first for stage in stages if stage.group == first]
    numbers = np.maximum(np.searchsorted(begins, steps, side="right") - 1, 0)
    numbers[:1] = -1
    return numbers.astype(np.int64)


@lru_cache(maxsize=8)
def _flips(name: str, version: str) -> RunFlips | None:
    try:
        answers = read_answers(open_run(name))
    except NothingRecordedError:
        return None
    return RunFlips(answers, find_flips(answers.unpack(), answers.valid_images))


@lru_cache(maxsize=32)
def _anomalies(name: str, version: str, settings: AnomalySettings) -> Anomalies | None:
    found = _flips(name, version)
    if found is None:
        return None
    answers = found.answers
    scores = _steady(name, version, settings.direction).score(settings.window)
    images = np.bincount(answers.classes, minlength=len(answers.class_ids))
    least = count_threshold(images, settings.threshold)
    chosen = find_in_scores(scores, least, settings.rule)
    return Anomalies(answers.steps, answers.class_ids, images, scores, least, chosen)


@lru_cache(maxsize=6)
def _steady(name: str, version: str, direction: Direction) -> SteadyFlips:
    found = _flips(name, version)
    assert found is not None, "only runs with answers have anomalies"
    answers = found.answers
    steps, count = len(answers.steps), len(answers.class_ids)
    return sort_flips(found.flips, answers.classes, steps, count, direction)


@lru_cache(maxsize=4)
def _learned(name: str, version: str) -> CellFlips:
    found = _flips(name, version)
    assert found is not None, "only runs with answers have anomalies"
    answers = found.answers
    steps, count = len(answers.steps), len(answers.class_ids)
    return group_learned(found.flips, answers.classes, steps, count)


@lru_cache(maxsize=16)
def _suggestions(
    name: str, version: str, rule: Rule, direction: Direction
) -> tuple[Suggestion, ...]:
    found = _flips(name, version)
    if found is None:
        return ()
    stages = load_stages(open_run(name), found.answers.steps)
    return suggest_settings(found.flips, found.answers.classes, stages, rule, direction)

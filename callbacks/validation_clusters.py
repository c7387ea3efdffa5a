"""Groups the classes of the chosen runs by their curves, and orders them by similarity."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.class_clusters import cluster_classes, measure_silhouettes
from analytics.class_rows import ClassRow
from analytics.similarity_order import order_by_similarity
from callbacks.validation_charts import align_rows
from callbacks.validation_strips import load_class_curves, shows_scores
from data.errors import UnreadableRunError
from data.store import Run, open_run
from figures.validation_clusters import RowClusters

ALL = "*"  # in place of a run: all of them together
MOST = 8  # clusters
COMPARED_AT_MOST = 250  # classes; of more, silhouettes are those of every so-manieth
FEW_CLASSES = 6  # with fewer there is no cluster level unless one is asked for
SOME_CLASSES = 20  # up to so many make 3 clusters, more make 4

Curves = NDArray[np.float64]  # (row, step)


def load_clusters(names: Sequence[str], asked: int | None, of: str) -> RowClusters:
    """Group the rows of the page into clusters by the curves of the run `of`, or of ALL runs.

    asked is the number of clusters, None for the usual; as many are made as curves differ.
    """
    return _clusters(_key(names), asked, of)


def load_silhouettes(names: Sequence[str], of: str) -> tuple[NDArray[np.float64], int, int]:
    """Measure how well 2, 3, … clusters stand apart; of how many classes, and how many there are."""
    return _silhouettes(_key(names), of)


def _key(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, open_run(name).version) for name in names)


@lru_cache(maxsize=16)
def _clusters(key: tuple[tuple[str, str], ...], asked: int | None, of: str) -> RowClusters:
    try:
        rows, members, curves = _gather(key, of)
    except UnreadableRunError:  # the strips say so
        return RowClusters(0, 0, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), of)
    labels = np.full(len(rows), -1, dtype=np.int64)
    ranks = np.full(len(rows), len(rows), dtype=np.int64)
    if not len(members):
        return RowClusters(0, 0, labels, ranks, of)
    different = len(np.unique(curves, axis=0)) if curves.shape[1] else 1
    count = min(asked or _usual(len(members)), different)
    labels[members] = cluster_classes(curves, count)
    easy = np.argsort(curves.sum(1), kind="stable")  # so that easy ones stand first
    ranks[members[easy[order_by_similarity(curves[easy])]]] = np.arange(len(members))
    return RowClusters(count, min(MOST, different), labels, ranks, of)


@lru_cache(maxsize=16)
def _silhouettes(key: tuple[tuple[str, str], ...], of: str) -> tuple[NDArray[np.float64], int, int]:
    try:
        _, members, curves = _gather(key, of)
    except UnreadableRunError:
        return np.zeros(0), 0, 0
    shown = curves[:: -(-len(curves) // COMPARED_AT_MOST) or 1]
    return measure_silhouettes(shown, min(MOST, len(shown))), len(shown), len(members)


def _usual(classes: int) -> int:
    if classes < FEW_CLASSES:
        return 1
    return 3 if classes <= SOME_CLASSES else 4


def _gather(
    key: tuple[tuple[str, str], ...], of: str
) -> tuple[list[ClassRow], NDArray[np.int64], Curves]:
    # The rows that every grouping run has, and their curves one after another.
    runs = tuple(open_run(name) for name, _ in key)
    rows = align_rows(runs)
    curves = [_curves(run) for run in runs]
    known = [
        place for place in range(len(runs)) if any(row.classes[place] is not None for row in rows)
    ]
    wanted = [place for place in known if of == ALL or runs[place].name == of] or known[:1]
    members = [row for row in rows if all(row.classes[place] is not None for place in wanted)]
    if not members or not wanted:
        return rows, np.zeros(0, dtype=np.int64), np.zeros((0, 0))
    parts = []
    for place in wanted:
        found = curves[place]
        assert found is not None, "only runs with curves group"
        of_members = [row.classes[place] for row in members]
        parts.append(found[np.array(of_members, dtype=np.int64)])
    gathered = np.concatenate(parts, axis=1)
    gathered = gathered[:, np.isfinite(gathered).all(0)]
    return rows, np.array([row.row for row in members], dtype=np.int64), gathered


def _curves(run: Run) -> Curves | None:
    found = load_class_curves(run)
    if found is None:
        return None
    if shows_scores(found):
        return np.asarray(found.score_mean.T, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - found.right.T / found.n.T, dtype=np.float64)

"""Classes whose errors fall alike over a training.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.1: k-means on the error curves of the classes.
"""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Floats = NDArray[np.floating]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int64]

_STARTS = 10  # of k-means; the best is kept


def cluster_classes(error: Floats, k: int, seed: int = 0) -> Labels:
    """Group the error curves of classes, (class, step), into k clusters by k-means.

    Each step counts alike: it is standardised over the classes; steps at which any class lacks an
    error are left out. Returns (class,) labels, 0 for the cluster with the smallest mean error to
    k - 1 for the largest; none is empty, and equal curves share one. k under 1, or over the number of
    curves that differ, raises ValueError.
    """
    known = _drop_gaps(error)
    if not len(known):
        return np.zeros(0, dtype=np.int64)
    different = _count_different(known)
    if not 1 <= k <= different:
        raise ValueError(
            f"{different} different error curves make 1 to {different} clusters, not {k}"
        )
    labels = _group(known, k, seed)
    if k == 1:
        return labels
    means = [known[labels == each].mean() for each in range(k)]
    return np.argsort(np.argsort(means, kind="stable"))[labels]


def measure_silhouettes(error: Floats, most: int, seed: int = 0) -> Doubles:
    """Measure how well k clusters stand apart, -1 to 1, for k = 2 to `most`: (k - 2,).

    error is (class, step), grouped as cluster_classes does. NaN where a silhouette is not defined:
    with as many clusters as classes, or more than curves that differ.
    """
    known = _drop_gaps(error)
    found = np.full(max(0, most - 1), np.nan)
    if len(known):
        curves = _standardise(known)
        for k in range(2, min(most, _count_different(known), len(known) - 1) + 1):
            found[k - 2] = silhouette_score(curves, _group(known, k, seed))
    return found


def _drop_gaps(error: Floats) -> Doubles:
    error = np.asarray(error, dtype=np.float64)
    if error.ndim != 2:
        raise ValueError(f"errors are (class, step), got shape {error.shape}")
    return np.asarray(error[:, np.isfinite(error).all(0)], dtype=np.float64)


def _count_different(known: Doubles) -> int:
    return len(np.unique(known, axis=0)) if known.size else min(1, len(known))


def _standardise(known: Doubles) -> Doubles:
    changing = known[:, np.ptp(known, axis=0) > 0]  # a step at which all are alike tells nothing
    return np.asarray((changing - changing.mean(0)) / changing.std(0))


def _group(known: Doubles, k: int, seed: int) -> Labels:
    # Each different curve once, weighted: so equal curves cannot part, and no cluster stays empty.
    if k == 1:
        return np.zeros(len(known), dtype=np.int64)
    curves, place, times = np.unique(
        _standardise(known), axis=0, return_inverse=True, return_counts=True
    )
    # On one core: on a shared machine more of them wait for each other, eight times as long.
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # filled below
        fitted = KMeans(k, n_init=_STARTS, random_state=seed).fit(curves, sample_weight=times)
    labels = fitted.labels_.astype(np.int64)
    apart = np.linalg.norm(curves - fitted.cluster_centers_[labels], axis=1)
    for empty in np.setdiff1d(np.arange(k), labels):  # curves that differ by rounding only
        shared = np.bincount(labels, minlength=k)[labels] > 1
        labels[np.argmax(np.where(shared, apart, -1))] = empty
    return np.asarray(labels[place.ravel()])

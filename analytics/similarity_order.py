"""Orders rows so that alike ones stand together: classical scaling to one dimension.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.2. The original takes the axis of the largest
singular value, which may belong to a negative eigenvalue; here it is the largest positive eigenvalue.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse.linalg import eigsh

Doubles = NDArray[np.float64]

LANDMARKS = 2048  # rows whose distances are scaled; of more, the others are placed by theirs
_DENSE = 64  # rows up to which the whole spectrum is as cheap
_SAME = 1e-9  # share of the extent: rows closer than this are alike, and keep their order
_NOISE = 1e-14  # cosine distances below this are rounding


def order_by_similarity(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Order rows by their place on the axis along which their cosine distances spread most.

    values is (row, step); entries that are not finite count as 0. The distance is 1 - cosine, and 1 from a row
    of zeros to any other; two rows of zeros are alike (in the original they are not). The squares of the
    distances are double-centred. Of the two directions of the axis the one closer to the given order
    is taken; rows that are alike keep their order, and so do all rows where no axis exists.
    """
    rows = len(values)
    places = np.unique(np.linspace(0, max(rows - 1, 0), min(rows, LANDMARKS)).astype(np.int64))
    if rows < 3:
        return np.arange(rows)
    directions = _direct(values)
    squared = _square_distances(directions, directions[places])
    among = squared[places]
    if not among.any():
        return np.arange(rows)
    centred = -0.5 * (among - among.mean(0) - among.mean(1)[:, None] + among.mean())
    value, vector = _find_largest(centred)
    if value <= _SAME:
        return np.arange(rows)
    # De Silva and Tenenbaum's triangulation; of the landmarks themselves it gives vector × √value.
    spread = -0.5 * (squared - among.mean(0)) @ vector
    return _sort(spread)


def _direct(values: NDArray[np.floating]) -> Doubles:
    finite = np.where(np.isfinite(values), values, 0).astype(np.float64)
    largest = np.abs(finite).max(1, initial=0.0)[:, None]
    scaled = finite / np.where(largest, largest, 1)
    length = np.linalg.norm(scaled, axis=1)[:, None]
    return np.asarray(scaled / np.where(length, length, 1))


def _square_distances(directions: Doubles, landmarks: Doubles) -> Doubles:
    distance = 1 - directions @ landmarks.T
    nothing = np.outer(~directions.any(1), ~landmarks.any(1))
    distance[nothing | (distance < _NOISE)] = 0
    return np.asarray(np.square(distance / (distance.max(initial=0.0) or 1)))


def _find_largest(matrix: Doubles) -> tuple[float, Doubles]:
    if len(matrix) <= _DENSE:
        values, vectors = eigh(matrix)
    else:
        start = np.linspace(-1, 1, len(matrix))  # fixed: the same rows always give the same order
        values, vectors = eigsh(matrix, k=1, which="LA", v0=start, tol=1e-8)
    return float(values[-1]), np.asarray(vectors[:, -1])


def _sort(spread: Doubles) -> NDArray[np.int64]:
    extent = float(np.ptp(spread))
    steps = (
        np.rint((spread - spread.mean()) / (extent * _SAME)) if extent else np.zeros(len(spread))
    )
    ascending = np.arange(len(spread)) - (len(spread) - 1) / 2
    agreement = float(ascending @ steps)
    flipped = agreement < 0 or (agreement == 0 and steps[0] > 0)
    return np.argsort(-steps if flipped else steps, kind="stable")

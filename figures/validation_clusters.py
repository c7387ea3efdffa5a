"""What the browser gets of clusters of classes: the cluster and the neighbourhood of each row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Payload = dict[str, Any]


@dataclass(frozen=True)
class RowClusters:
    """Rows of classes, grouped and ordered."""

    count: int  # clusters asked for, as far as there are that many different curves
    most: int  # of which there could be, 8 at most
    labels: NDArray[np.int64]  # (row,) cluster, 0 easy; -1 where the run that groups lacks the row
    ranks: NDArray[np.int64]  # (row,) place in the order by similarity
    of: str  # the run that groups, or "*" for all


def draw_clusters(clusters: RowClusters) -> Payload:
    """List the cluster of each row and its place by similarity."""
    return {
        "count": clusters.count,
        "most": clusters.most,
        "labels": clusters.labels.tolist(),
        "ranks": clusters.ranks.tolist(),
        "of": clusters.of,
    }


def draw_silhouettes(values: NDArray[np.floating], classes: int, all_: int) -> Payload:
    """List the silhouettes of 2, 3, … clusters, None where one is not defined, and of how many classes."""
    known = [float(value) if np.isfinite(value) else None for value in values]
    return {"values": known, "classes": classes, "sampled": classes < all_}

"""How the overview's charts are to be drawn, read from the options of the link."""

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_BUCKETS = 400
MOST_BUCKETS = 4_000
MOST_SMOOTHING = 0.99


@dataclass(frozen=True)
class CurveView:
    """The settings of the loss and error charts."""

    smoothing: float = 0.6  # weight of the values before, 0 to 0.99
    axis: str = "step"  # "step", "epoch" or "time"
    log: bool = False  # the loss axis
    marks: bool = True  # recorded steps
    buckets: int = DEFAULT_BUCKETS  # pixels of the plot


def read_view(view: Mapping[str, object] | None) -> CurveView:
    """Read the settings; a value that is none of those offered is the default."""
    view = view or {}
    axis, buckets = view.get("axis"), view.get("buckets")
    return CurveView(
        smoothing=_read_smoothing(view.get("smoothing")),
        axis=str(axis) if axis in ("epoch", "time") else "step",
        log=view.get("loss") == "log",
        marks=view.get("marks") != "off",
        buckets=min(max(int(buckets), 50), MOST_BUCKETS)
        if isinstance(buckets, int | float)
        else DEFAULT_BUCKETS,
    )


def _read_smoothing(text: object) -> float:
    try:
        weight = float(str(text))
    except ValueError:
        return CurveView.smoothing
    return min(max(weight, 0.0), MOST_SMOOTHING) if weight == weight else CurveView.smoothing

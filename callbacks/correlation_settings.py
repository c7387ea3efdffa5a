"""What Correlation and Cube ask for: anomaly settings, filters looked at, limits, orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from analytics.filter_scaling import SCALES
from analytics.miniset_limits import Limits
from callbacks.anomalies import AnomalySettings, read_settings
from figures.correlation import ClassOrder, LayerOrder
from selection import Selection

LIMITS = (
    "iterations",
    "size",
    "classes",
    "repeats",
    "exclusivity",
)  # options; appearances is a key


@dataclass(frozen=True)
class Asked:
    """What the link says of both pages; None where it leaves the choice to the page."""

    anomalies: AnomalySettings
    abstract: bool = False
    top: int | None = None
    relative: bool = False  # filters ranked by relative change, else by 1 - cosine
    limits: tuple[tuple[str, int], ...] = ()  # those that are set
    class_order: str = "similarity"
    layer_order: str = "network"
    within: str = "step"

    def limit(self, suggested: Limits) -> Limits:
        """Take what is set over what is suggested."""
        return Limits(**{**vars(suggested), **dict(self.limits)})


def read_asked(data: Mapping[str, Any] | None) -> Asked:
    """Read the part of the selection that the pages keep for the server."""
    selection = Selection.from_store(data)
    limits = {name: _whole(selection, name) for name in LIMITS}
    limits["appearances"] = selection.appearances
    return Asked(
        read_settings(selection),
        selection.option("correlation.version", "") == "abstract",
        selection.top,
        selection.option("correlation.change", "") == "relative",
        tuple(sorted((name, value) for name, value in limits.items() if value is not None)),
        _choice(selection, "order", get_args(ClassOrder)),
        _choice(selection, "rows", get_args(LayerOrder)),
        _choice(selection, "within", ("step", *SCALES)),
    )


def _whole(selection: Selection, name: str) -> int | None:
    text = selection.option(f"correlation.{name}", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _choice(selection: Selection, name: str, values: tuple[str, ...]) -> str:
    value = selection.option(f"correlation.{name}", values[0])
    return value if value in values else values[0]

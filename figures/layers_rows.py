"""What the canvas of the Layers page paints: the chart of every shown level, in each run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.update_ratios import UpdateRatios
from figures.canvas_bytes import Packed, pack_floats, pack_scores, pack_shares

Payload = dict[str, Any]
Floats = NDArray[np.float64]

LOWEST, HIGHEST = -12.0, 2.0  # powers of ten of packed ratios


@dataclass(frozen=True)
class Series:
    """A chart of one level in one run."""

    numbers: Floats  # (line, step): values, quantiles, bands, or cells of a heat map; NaN missing
    bad: int  # step from which on nothing is finite again; -1 where there is none
    scale: tuple[float, float] | None = None  # of the cells of a heat map, the lowest first


@dataclass(frozen=True)
class Missing:
    """Why a run has no chart of a level."""

    words: str


@dataclass(frozen=True)
class LevelRow:
    """The charts of one level side by side."""

    name: str
    type: str  # "line", "horizon", "box", "ratio" or "heat"
    runs: tuple[Series | Missing | None, ...]  # None: the run has no such statistics at all
    ratios: tuple[UpdateRatios | None, ...]


def draw_rows(rows: Sequence[LevelRow]) -> list[Payload]:
    """Pack the charts of the shown levels."""
    return [
        {
            "name": row.name,
            "type": row.type,
            "runs": [_describe(one, row.type) for one in row.runs],
            "ratios": [None if one is None else pack_ratios(one) for one in row.ratios],
        }
        for row in rows
    ]


def pack_ratios(ratios: UpdateRatios) -> Payload:
    """Pack ratios in 65,533 levels of their powers of ten; 0 is the lowest."""
    return {name: _pack_powers(values) for name, values in vars(ratios).items()}


def _pack_powers(values: Floats) -> Packed:
    with np.errstate(divide="ignore"):
        powers = np.log10(values)
    return pack_scores(powers, LOWEST, HIGHEST, np.zeros(len(powers), dtype=np.bool_))


def _describe(one: Series | Missing | None, type_: str) -> Payload | None:
    if one is None:
        return None
    if isinstance(one, Missing):
        return {"missing": one.words}
    packed: Payload = {"bad": one.bad, "lines": len(one.numbers)}
    if type_ == "heat":
        # Of each step's fullest cell, so that the shape is seen where the spread changes.
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = one.numbers / one.numbers.max(0)
        return packed | {"cells": pack_shares(shares), "scale": one.scale}
    return packed | {"floats": pack_floats(one.numbers)}

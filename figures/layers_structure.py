"""What the Layers page draws of the structure: levels, graphs, and the head above the charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.layer_graph import LayerGraph
from figures.numbers import format_number

Payload = dict[str, Any]


@dataclass(frozen=True)
class Spread:
    """Standard deviation of a layer's first recorded weights beside the expected ones."""

    step: int
    initial: float
    default: float | None
    he: float | None
    xavier: float | None


@dataclass(frozen=True)
class Level:
    """A layer, a module of several, or a fold of alike neighbours, in one or more runs."""

    name: str
    parent: int  # place in the list of levels; -1 at the top
    depth: int
    is_layer: bool
    is_fold: bool
    normalises: bool
    type: str
    shape: tuple[int, ...] | None  # of the weight
    neurons: int | None
    rows: tuple[int | None, ...]  # (run,) row of the table layers; None where a run has it not
    layers: int  # within it
    children: int
    blocks: int  # children that are no layers
    spread: tuple[Spread | None, ...]  # (run,)


@dataclass(frozen=True)
class RunHead:
    """What a run's column is about."""

    name: str
    steps: NDArray[np.int64]  # (step,) with statistics
    stages: tuple[tuple[int, int, float], ...]  # first step, last step, learning rate
    growing: bool = False
    lost: tuple[tuple[int, int, str], ...] = ()  # first and last step of a damaged file, its path


@dataclass(frozen=True)
class Structure:
    """The levels of the chosen runs and their graphs, one for runs that are built alike."""

    runs: tuple[RunHead | None, ...]  # None: no statistics
    levels: tuple[Level, ...]  # each before what is within it
    graphs: tuple[tuple[tuple[int, ...], LayerGraph], ...]  # places of the runs it is of


def draw_structure(structure: Structure) -> Payload:
    """Pack the structure of runs side by side."""
    rows = {
        (run, row): place
        for place, level in enumerate(structure.levels)
        for run, row in enumerate(level.rows)
        if row is not None and level.is_layer
    }
    return {
        "runs": [None if run is None else _describe_run(run) for run in structure.runs],
        "levels": [_describe_level(level) for level in structure.levels],
        "graphs": [_describe_graph(runs, graph, rows) for runs, graph in structure.graphs],
        "only": _count_only(structure),
    }


def _describe_run(run: RunHead) -> Payload:
    return {
        "name": run.name,
        "steps": run.steps.tolist(),
        "growing": run.growing,
        "lost": [[first, last, path] for first, last, path in run.lost],
        "stages": [[first, last, format_number(rate), rate] for first, last, rate in run.stages],
    }


def _describe_level(level: Level) -> Payload:
    return {
        "name": level.name,
        "parent": level.parent,
        "depth": level.depth,
        "layer": level.is_layer,
        "fold": level.is_fold,
        "norm": level.normalises,
        "type": level.type,
        "sub": _say_size(level),
        "runs": [row is not None for row in level.rows],
        "filters": 0 if level.neurons is None else level.neurons,
        "layers": level.layers,
        "children": level.children,
        "spread": [None if one is None else vars(one) for one in level.spread],
    }


def _say_size(level: Level) -> str:
    if not level.is_layer:
        only_blocks = level.blocks == level.children
        return f"{level.blocks} blocks" if only_blocks else f"{level.layers} layers"
    if level.neurons is None:
        return level.type
    kernel = (level.shape or ())[2:]
    what = "filters" if kernel else "rows"
    size = ", " + "×".join(map(str, kernel)) if kernel else ""
    return f"{level.neurons:,} {what}{size}"


def _describe_graph(
    runs: Sequence[int], graph: LayerGraph, rows: dict[tuple[int, int], int]
) -> Payload:
    nodes = [
        [one.kind, rows.get((runs[0], one.layer), -1), one.slot, one.side] for one in graph.nodes
    ]
    return {"runs": list(runs), "nodes": nodes, "edges": list(graph.edges), "slots": graph.slots}


def _count_only(structure: Structure) -> list[Payload]:
    """Count the layers that some of the runs with statistics have and others do not."""
    shown = [place for place, run in enumerate(structure.runs) if run is not None]
    counts: dict[tuple[str, ...], int] = {}
    for level in structure.levels:
        having = tuple(
            run.name
            for place in shown
            if (run := structure.runs[place]) is not None and level.rows[place] is not None
        )
        if level.is_layer and len(having) < len(shown):
            counts[having] = counts.get(having, 0) + 1
    return [{"runs": list(names), "layers": count} for names, count in counts.items()]

"""Loads the structure of the chosen runs: their levels laid over each other, and their graphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.initialisers import expect_spread
from analytics.layer_graph import LayerGraph, Operation, lay_out_graph
from analytics.layer_tree import FOLDED, Branch, Module, build_tree, merge_trees
from callbacks.layers_updates import load_updates
from data.arrays import Steps
from data.errors import UnreadableRunError
from data.layer_series import read_statistics_steps
from data.network import read_operations
from data.run_files import LayerRow
from data.scalars import read_stages
from data.store import Run, open_run
from figures.layers_structure import Level, RunHead, Spread, Structure

GROWING = ("waiting", "running", "stalled")


@dataclass(frozen=True)
class RunLayers:
    """The layers of one run as the page shows them."""

    run: Run
    rows: Mapping[int, LayerRow]  # by their index
    tree: tuple[Branch, ...]
    graph: LayerGraph
    steps: Steps  # (step,) of its statistics

    @property
    def by_name(self) -> dict[str, Branch]:
        """The levels by name."""
        return {one.name: one for top in self.tree for one in top.walk()}

    @property
    def signature(self) -> tuple[object, ...]:
        """What two runs share if their graphs can be drawn once."""
        nodes = [
            (one.kind, one.slot, self.rows[one.layer].name if one.layer >= 0 else "")
            for one in self.graph.nodes
        ]
        return (tuple(nodes), self.graph.edges)


@dataclass(frozen=True)
class LoadedStructure:
    """What is shown of the chosen runs, and why some of it is not."""

    structure: Structure
    notes: tuple[str, ...]  # a sentence each about what cannot be read


def load_structure(names: Sequence[str]) -> LoadedStructure:
    """Load the levels and graphs of runs to be shown side by side."""
    found = [load_run_layers(open_run(name)) for name in names]
    notes = [note for one in found for note in one[1]]
    runs = [one[0] for one in found]
    tree = merge_trees([one.tree for one in runs])
    levels = list(_list_levels(tree, runs))
    graphs: dict[tuple[object, ...], list[int]] = {}
    for place, one in enumerate(runs):
        if one.rows:
            graphs.setdefault(one.signature, []).append(place)
    return LoadedStructure(
        Structure(
            tuple(_head(one) for one in runs),
            tuple(levels),
            tuple((tuple(places), runs[places[0]].graph) for places in graphs.values()),
        ),
        tuple(notes),
    )


def load_run_layers(run: Run) -> tuple[RunLayers, tuple[str, ...]]:
    """Load the layers of one run; and a sentence about its graph where that cannot be read."""
    return _load_run_layers(run.name, run.version)


@lru_cache(maxsize=8)
def _load_run_layers(name: str, version: str) -> tuple[RunLayers, tuple[str, ...]]:
    run = open_run(name)
    notes: tuple[str, ...] = ()
    try:
        recorded = read_operations(run)
    except UnreadableRunError as error:
        recorded, notes = (), (str(error),)
    operations = [
        Operation(one.name, one.op, one.type, one.inputs, one.module, one.target)
        for one in recorded
    ]
    rows = [row for row in run.layers if row.tied_to is None]
    layers = sorted((row for row in rows if row.kind == "layer"), key=lambda row: row.order)
    modules = [
        Module(row.layer, row.parent, row.name, row.type, row.order, row.kind == "layer")
        for row in rows
    ]
    graph = lay_out_graph(operations, {row.name: row.layer for row in layers})
    _, steps = read_statistics_steps(run)
    known = {row.layer: row for row in rows} if len(steps) else {}
    tree = build_tree(modules) if len(steps) else ()
    return RunLayers(run, known, tree, graph, steps), notes


def _head(one: RunLayers) -> RunHead | None:
    if not one.rows:
        return None
    stages = read_stages(one.run)
    group = stages[0].group if stages else ""
    lost = [
        (damage.first, damage.last, damage.path)
        for damage in one.run.damaged()
        if damage.table == "layer_stat" and damage.first is not None and damage.last is not None
    ]
    return RunHead(
        one.run.name,
        one.steps,
        tuple((each.first, each.last, each.value) for each in stages if each.group == group),
        one.run.summary().state in GROWING,
        tuple(lost),
    )


def _list_levels(tree: Sequence[Branch], runs: Sequence[RunLayers]) -> list[Level]:
    named = [one.by_name for one in runs]
    levels: list[Level] = []

    def add(branch: Branch, parent: int, depth: int) -> None:
        mine = [found.get(branch.name) for found in named]
        place = len(levels)
        first = next(i for i, one in enumerate(mine) if one is not None)
        row = runs[first].rows.get(branch.index)
        levels.append(
            Level(
                branch.name,
                parent,
                depth,
                branch.is_layer,
                branch.index == FOLDED,
                branch.normalises,
                branch.type,
                None if row is None else row.shape,
                None if row is None else row.neurons,
                tuple(None if one is None else one.index for one in mine),
                len(branch.layers()),
                len(branch.children),
                sum(not one.is_layer for one in branch.children),
                tuple(
                    None if one is None or not one.is_layer else _find_spread(run, one.index)
                    for run, one in zip(runs, mine, strict=True)
                ),
            )
        )
        for child in branch.children:
            add(child, place, depth + 1)

    for one in tree:
        add(one, -1, 0)
    return levels


def _find_spread(layers: RunLayers, index: int) -> Spread | None:
    row = layers.rows[index]
    updates = load_updates(layers.run)
    place = np.flatnonzero(updates.layers == index)
    if row.shape is None or not len(place) or not updates.sd.shape[1]:
        return None
    known = np.flatnonzero(np.isfinite(updates.sd[place[0]]))
    if not len(known):
        return None
    expected = expect_spread(row.type, row.shape)
    return Spread(
        int(layers.steps[known[0]]),
        float(updates.sd[place[0], known[0]]),
        expected.default,
        expected.he,
        expected.xavier,
    )

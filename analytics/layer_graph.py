"""Lays out the operations of a network as a column of layers with its branches and skips beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

JOINS = ("add", "add_", "cat", "concat", "concatenate", "stack")
PARAMETERS = ("parameter", "buffer", "constant")
SIDE_AT_MOST = 2  # nodes of a branch that stands beside the column: a projection and its norm
LANES = 3  # of skips drawn beside each other


@dataclass(frozen=True)
class Operation:
    """One operation of a forward pass, in the order of execution."""

    name: str
    op: str  # "input", "parameter", "buffer", "constant", "call", or an aten operation
    type: str  # "conv2d", "add", or the class name of a module
    inputs: tuple[str, ...]  # names of operations
    module: str  # that ran it
    target: str  # name of a parameter or buffer


@dataclass(frozen=True)
class GraphNode:
    """A node that is drawn."""

    kind: str  # "input", "layer", "pool" or "join"
    layer: int  # row of the table layers; -1 for the other kinds
    slot: float  # place in the column, from 0; between two slots for a node beside it
    side: bool  # beside the column: a projection


@dataclass(frozen=True)
class LayerGraph:
    """Nodes in data-flow order and what flows between them."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[int, int, int], ...]  # from, to, lane: 0 straight down, else beside it

    @property
    def slots(self) -> int:
        """The length of the column."""
        return 1 + int(max((node.slot for node in self.nodes if not node.side), default=-1))


@dataclass
class _Kept:
    kind: str
    layer: int
    inputs: list[int]  # of the list of kept nodes


def lay_out_graph(operations: Sequence[Operation], layers: Mapping[str, int]) -> LayerGraph:
    """Reduce operations to inputs, layers, poolings and joins, and give each its place.

    layers maps the names of layers to their rows, in network order; one that no operation uses
    follows the layer before it. Without any operation the layers are a chain.
    """
    kept = _reduce(operations, layers)
    kept = _add_unused(kept, list(layers.values()))
    side = _find_sides(kept)
    nodes = _place(kept, side)
    return LayerGraph(nodes, _draw_edges(kept, nodes))


def _reduce(operations: Sequence[Operation], layers: Mapping[str, int]) -> list[_Kept]:
    kept: list[_Kept] = []
    reached: dict[str, list[int]] = {}  # operation -> the kept nodes its value descends from
    owners = {one.name: one.target.rpartition(".")[0] for one in operations if one.target}
    places: dict[int, int] = {}  # row of a layer -> its node
    for one in operations:
        if one.op in PARAMETERS:
            continue
        sources = list(dict.fromkeys(s for name in one.inputs for s in reached.get(name, [])))
        found = [] if one.op == "input" else _find_layers(one, owners, layers)
        new = [layer for layer in found if layer not in places]
        for layer in new:
            places[layer] = len(kept)
            kept.append(_Kept("layer", layer, sources))
        kind = _kind(one, sources)
        if found:
            reached[one.name] = [places[layer] for layer in found]
            reached[one.name] += [] if new else [s for s in sources if s not in reached[one.name]]
        elif kind:
            kept.append(_Kept(kind, -1, sources))
            reached[one.name] = [len(kept) - 1]
        else:
            reached[one.name] = sources
    return kept


def _find_layers(one: Operation, owners: Mapping[str, str], layers: Mapping[str, int]) -> list[int]:
    names = [owners[name] for name in one.inputs if name in owners] or [one.module]
    found = dict.fromkeys(layers[name] for name in names if name in layers)
    if found:
        return list(found)
    # Parts of one module share a parameter: the query, key and value of an attention.
    parts = [f"{name}." for name in dict.fromkeys(names) if name]
    return [
        layer
        for name, layer in layers.items()
        if any(name.startswith(part) and "." not in name.removeprefix(part) for part in parts)
        and (one.op == "call" or any(name in owners for name in one.inputs))
    ]


def _kind(one: Operation, sources: Sequence[int]) -> str:
    if one.op == "input":
        return "input"
    if "pool" in one.type.lower():
        return "pool"
    return "join" if one.type in JOINS and len(sources) > 1 else ""


def _add_unused(kept: list[_Kept], layers: Sequence[int]) -> list[_Kept]:
    met = {one.layer for one in kept}
    before = -1  # node of the layer before, in network order
    for layer in layers:
        if layer not in met:
            kept = _insert(kept, before + 1, _Kept("layer", layer, [before] if before >= 0 else []))
        before = next(place for place, one in enumerate(kept) if one.layer == layer)
    return kept


def _insert(kept: list[_Kept], place: int, new: _Kept) -> list[_Kept]:
    moved = [_Kept(one.kind, one.layer, [s + (s >= place) for s in one.inputs]) for one in kept]
    return [*moved[:place], new, *moved[place:]]


def _find_sides(kept: Sequence[_Kept]) -> list[list[int]]:
    """Find the short branches beside the longest way through, each as its nodes in order."""
    used: list[list[int]] = [[] for _ in kept]
    for place, one in enumerate(kept):
        for source in one.inputs:
            used[source].append(place)
    main = _longest_way(kept)
    sides: list[list[int]] = []
    for place, one in enumerate(kept):
        if place in main or any(place in side for side in sides) or len(one.inputs) != 1:
            continue
        chain = [place]
        while len(used[chain[-1]]) == 1 and used[chain[-1]][0] not in main:
            chain.append(used[chain[-1]][0])
        ends = used[chain[-1]]
        joined = len(ends) == 1 and kept[ends[0]].kind == "join"
        if joined and len(chain) <= SIDE_AT_MOST and one.inputs[0] in main:
            sides.append(chain)
    return sides


def _longest_way(kept: Sequence[_Kept]) -> set[int]:
    length = [0] * len(kept)
    before = [-1] * len(kept)
    for place, one in enumerate(kept):
        for source in one.inputs:
            if length[source] + 1 > length[place]:
                length[place], before[place] = length[source] + 1, source
    place = max(range(len(kept)), key=lambda each: length[each], default=-1)
    way = set()
    while place >= 0:
        way.add(place)
        place = before[place]
    return way


def _place(kept: Sequence[_Kept], sides: Sequence[Sequence[int]]) -> tuple[GraphNode, ...]:
    beside = {place: chain for chain in sides for place in chain}
    slots: dict[int, float] = {}
    for place in range(len(kept)):
        if place not in beside:
            slots[place] = len(slots)
    for chain in sides:
        end = next(place for place, one in enumerate(kept) if chain[-1] in one.inputs)
        first, last = slots[kept[chain[0]].inputs[0]], slots[end]
        for position, place in enumerate(chain):
            # Close to where the branch joins, so that a skip and its projection read as one.
            slots[place] = last - (last - first) * (len(chain) - position) / (len(chain) + 1)
    return tuple(
        GraphNode(one.kind, one.layer, slots[place], place in beside)
        for place, one in enumerate(kept)
    )


def _draw_edges(
    kept: Sequence[_Kept], nodes: Sequence[GraphNode]
) -> tuple[tuple[int, int, int], ...]:
    edges = [(source, place) for place, one in enumerate(kept) for source in one.inputs]
    spans = {
        (a, b): (nodes[a].slot, nodes[b].slot)
        for a, b in edges
        if nodes[b].slot - nodes[a].slot != 1 or nodes[a].side or nodes[b].side
    }
    lanes: dict[tuple[int, int], int] = {}
    for edge, (first, last) in sorted(spans.items(), key=lambda item: item[1][1] - item[1][0]):
        inside = [
            lanes[other]
            for other, (a, b) in spans.items()
            if other in lanes and first < b and a < last and not _beside(other, nodes)
        ]
        lanes[edge] = 1 if _beside(edge, nodes) else min(LANES, 1 + max(inside, default=0))
    return tuple((a, b, lanes.get((a, b), 0)) for a, b in edges)


def _beside(edge: tuple[int, int], nodes: Sequence[GraphNode]) -> bool:
    return nodes[edge[0]].side or nodes[edge[1]].side

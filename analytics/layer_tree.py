"""Turns the module tree of a run into the levels that are shown: layers, and what holds several.

Source: DeepTracker, section 6.3 (modules, blocks and layers of any depth).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

FOLDED = -1  # the row of what no recorded module holds
MANY_LAYERS = 100  # from here on, alike neighbours fold
ALIKE_AT_LEAST = 8  # neighbours that fold


@dataclass(frozen=True)
class Module:
    """A row of the module tree, as it was recorded."""

    index: int
    parent: int | None
    name: str
    type: str
    order: int
    is_layer: bool  # has weights of its own


@dataclass(frozen=True)
class Branch:
    """A level that is shown: a layer, a module of several, or a fold of alike neighbours."""

    index: int  # of its row; FOLDED for a fold
    name: str
    type: str
    order: int
    is_layer: bool
    children: tuple["Branch", ...] = field(default=())

    @property
    def normalises(self) -> bool:
        """Whether it is a normalisation layer, whose weights lie around 1 and not around 0."""
        return self.is_layer and "norm" in self.type.lower()

    def walk(self) -> Iterator["Branch"]:
        """Yield this level and all within it, in network order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def layers(self) -> tuple["Branch", ...]:
        """Return the layers within this level, itself where it is one."""
        return tuple(one for one in self.walk() if one.is_layer)


def build_tree(modules: Sequence[Module]) -> tuple[Branch, ...]:
    """Return the top levels, each with its children in order of execution.

    Modules without any layer are left out, a module of a single child gives way to that child, and
    a module that holds the whole network is no level. A layer within a layer stands beside it.
    From 100 layers on, 8 or more alike neighbours fold into one level.
    """
    layers = {one.index for one in modules if one.is_layer}
    below: dict[int | None, list[Module]] = {}
    parents = {one.index: one.parent for one in modules}
    for one in modules:
        parent = one.parent
        while parent is not None and parent in layers:
            parent = parents.get(parent)
        below.setdefault(parent, []).append(one)
    top = _build_children(None, below)
    while len(top) == 1 and top[0].children:
        top = top[0].children
    if len(layers) < MANY_LAYERS:
        return top
    return _fold_alike(tuple(_fold_within(one) for one in top))


def _build_children(
    parent: int | None, below: dict[int | None, list[Module]]
) -> tuple[Branch, ...]:
    built = (_build(one, below) for one in below.get(parent, []))
    return tuple(sorted(filter(None, built), key=lambda one: (one.order, one.index)))


def _build(module: Module, below: dict[int | None, list[Module]]) -> Branch | None:
    if module.is_layer:
        return Branch(module.index, module.name, module.type, module.order, True)
    children = _build_children(module.index, below)
    if len(children) < 2:
        return children[0] if children else None
    return Branch(module.index, module.name, module.type, children[0].order, False, children)


def _fold_within(branch: Branch) -> Branch:
    children = tuple(_fold_within(one) for one in branch.children)
    return replace(branch, children=_fold_alike(children) if children else ())


def _fold_alike(children: tuple[Branch, ...]) -> tuple[Branch, ...]:
    folded: list[Branch] = []
    first = 0
    for end in range(1, len(children) + 1):
        if end < len(children) and _shape(children[end]) == _shape(children[first]):
            continue
        run = children[first:end]
        # A fold of everything would be one more level with a single child.
        if ALIKE_AT_LEAST <= len(run) < len(children):
            name = f"{run[0].name} to {run[-1].name}"
            folded.append(Branch(FOLDED, name, run[0].type, run[0].order, False, run))
        else:
            folded.extend(run)
        first = end
    return tuple(folded)


def _shape(branch: Branch) -> tuple[object, ...]:
    inside = tuple(
        (child.name.removeprefix(branch.name), _shape(child)) for child in branch.children
    )
    return (branch.type, branch.is_layer, inside)


def merge_trees(trees: Sequence[tuple[Branch, ...]]) -> tuple[Branch, ...]:
    """Lay the trees of several runs over each other by name; what only a later one has stands last.

    The rows (`index`) of the result are those of the first run that has the level.
    """
    merged: dict[str, list[Branch]] = {}
    for tree in trees:
        for one in tree:
            merged.setdefault(one.name, []).append(one)
    return tuple(
        replace(found[0], children=merge_trees([one.children for one in found]))
        for found in merged.values()
    )

"""Levels follow the module tree: single children give way, and what is alike folds."""

from hypothesis import given
from hypothesis import strategies as st

from analytics.layer_tree import FOLDED, Module, build_tree, merge_trees


def modules(*rows):
    """Rows (name, is_layer): the parent is the longest name that leads to this one."""
    names = [name for name, _ in rows]
    made = []
    for index, (name, is_layer) in enumerate(rows):
        above = [n for n in names if n != name and (n == "" or name.startswith(f"{n}."))]
        parent = names.index(max(above, key=len)) if above else None
        type_ = "Conv2d" if is_layer else "Sequential"
        made.append(Module(index, parent, name, type_, index, is_layer))
    return made


def names(tree):
    return [(one.name, names(one.children)) if one.children else one.name for one in tree]


def test_a_module_of_the_whole_network_is_no_level():
    tree = build_tree(modules(("", False), ("a", True), ("b", True)))
    assert names(tree) == ["a", "b"]


def test_a_single_child_takes_the_place_of_its_module_at_any_depth():
    rows = ("", False), ("x", False), ("x.y", False), ("x.y.a", True), ("b", True)
    assert names(build_tree(modules(*rows))) == ["x.y.a", "b"]


def test_modules_without_a_layer_are_left_out():
    rows = ("", False), ("relu", False), ("a", True), ("m", False), ("m.pool", False), ("b", True)
    assert names(build_tree(modules(*rows))) == ["a", "b"]


def test_levels_stand_in_order_of_execution():
    late, early = (
        Module(0, None, "late", "Linear", 5, True),
        Module(1, None, "e", "Linear", 2, True),
    )
    block = Module(2, None, "block", "Sequential", 99, False)
    inside = [Module(3 + i, 2, f"block.{i}", "Linear", 3 + i, True) for i in range(2)]
    assert names(build_tree([late, early, block, *inside])) == [
        "e", ("block", ["block.0", "block.1"]), "late",
    ]  # fmt: skip


def test_two_models_stand_beside_each_other():
    rows = [(f"{m}.{k}", True) for m in ("gan", "critic") for k in "ab"]
    tree = build_tree(modules(("gan", False), *rows[:2], ("critic", False), *rows[2:]))
    assert [one.name for one in tree] == ["gan", "critic"]


def deep_network(blocks):
    rows = [("", False), ("stem", True), ("body", False)]
    for block in range(blocks):
        rows += [(f"body.{block}", False), (f"body.{block}.a", True), (f"body.{block}.b", True)]
    rows.append(("body.norm", True))
    return modules(*rows)


def test_alike_neighbours_of_a_deep_network_fold_and_keep_their_layers():
    (_, body) = build_tree(deep_network(60))
    (fold, norm) = body.children
    assert (fold.name, fold.index, norm.name) == ("body.0 to body.59", FOLDED, "body.norm")
    assert len(fold.children) == 60
    assert len(fold.layers()) == 120


def test_a_network_of_few_layers_does_not_fold():
    (_, body) = build_tree(deep_network(20))
    assert len(body.children) == 21


@given(
    st.recursive(st.just([]), lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=30)
)
def test_every_layer_is_in_the_tree_once_and_no_level_holds_a_single_one(shape):
    rows = [("", False)]

    def grow(inner, name):
        rows.append((name, not inner))
        for place, one in enumerate(inner):
            grow(one, f"{name}.{place}")

    grow(shape, "m")
    tree = build_tree(modules(*rows))
    found = [one for top in tree for one in top.walk()]
    layers = [name for name, is_layer in rows if is_layer]
    assert [one.name for one in found if one.is_layer] == layers
    assert all(len(one.children) >= 2 for one in found if not one.is_layer)


def test_trees_of_two_runs_lie_over_each_other_by_name():
    first = build_tree(
        modules(("", False), ("m", False), ("m.a", True), ("m.b", True), ("z", True))
    )
    second = build_tree(
        modules(("", False), ("m", False), ("m.a", True), ("m.c", True), ("y", True))
    )
    assert names(merge_trees([first, second])) == [("m", ["m.a", "m.b", "m.c"]), "z", "y"]

"""The graph holds inputs, layers, poolings and joins, in data-flow order, each with its place."""

from analytics.layer_graph import Operation, lay_out_graph


class Program:
    """Writes the operations of a forward pass as they are recorded."""

    def __init__(self):
        self.operations = [Operation("x", "input", "", (), "", "")]

    def layer(self, name, *inputs, type_="conv2d"):
        weight = f"p_{name}"
        self.operations.insert(0, Operation(weight, "parameter", "", (), "", f"{name}.weight"))
        return self.call(type_, *inputs, weight, name=f"of {name}")

    def call(self, type_, *inputs, name=None):
        name = name or f"{type_}_{len(self.operations)}"
        self.operations.append(Operation(name, f"aten.{type_}", type_, inputs, "", ""))
        return name


def describe(graph, layers):
    names = {row: name for name, row in layers.items()}
    return [names.get(node.layer, node.kind) for node in graph.nodes]


def residual_block():
    program = Program()
    first = program.call("relu", program.layer("a", "x"))
    inner = program.layer("c", program.call("relu", program.layer("b", first)))
    added = program.call("add", inner, program.layer("down", first))
    program.layer("d", program.call("max_pool2d", added))
    layers = {"a": 0, "b": 1, "c": 2, "down": 3, "d": 4}
    return lay_out_graph(program.operations, layers), layers


def test_a_projection_stands_beside_the_column():
    graph, layers = residual_block()
    assert describe(graph, layers) == ["input", "a", "b", "c", "down", "join", "pool", "d"]
    slots = {
        name: node.slot for name, node in zip(describe(graph, layers), graph.nodes, strict=True)
    }
    assert [slots[name] for name in ("input", "a", "b", "c", "join", "pool", "d")] == [*range(7)]
    assert slots["a"] < slots["down"] < slots["join"]
    assert [node.layer for node in graph.nodes if node.side] == [layers["down"]]
    assert graph.slots == 7


def test_edges_follow_the_data_and_leave_the_column_where_they_skip():
    graph, layers = residual_block()
    named = describe(graph, layers)
    edges = {(named[a], named[b]): lane for a, b, lane in graph.edges}
    assert edges == {
        ("input", "a"): 0, ("a", "b"): 0, ("b", "c"): 0, ("c", "join"): 0, ("a", "down"): 1,
        ("down", "join"): 1, ("join", "pool"): 0, ("pool", "d"): 0,
    }  # fmt: skip


def test_an_identity_skip_is_an_edge_beside_the_column():
    program = Program()
    first = program.layer("a", "x")
    program.call("add", program.layer("b", first), first)
    graph = lay_out_graph(program.operations, {"a": 0, "b": 1})
    assert [lane for a, b, lane in graph.edges if (a, b) == (1, 3)] == [1]
    assert not any(node.side for node in graph.nodes)


def test_nested_skips_take_lanes_of_their_own():
    program = Program()
    outer = program.layer("a", "x")
    inner = program.layer("b", outer)
    joined = program.call("cat", program.layer("c", inner), inner)
    program.call("cat", program.layer("d", joined), outer)
    graph = lay_out_graph(program.operations, dict(zip("abcd", range(4), strict=True)))
    assert sorted(lane for _, _, lane in graph.edges if lane) == [1, 2]


def test_adding_a_constant_is_no_join():
    program = Program()
    program.call("add", program.layer("a", "x"))
    graph = lay_out_graph(program.operations, {"a": 0})
    assert [node.kind for node in graph.nodes] == ["input", "layer"]


def test_a_layer_that_runs_twice_stands_once():
    program = Program()
    first = program.layer("a", "x")
    program.call("conv2d", program.call("relu", first), "p_a", name="again")
    program.layer("b", "again")
    graph = lay_out_graph(program.operations, {"a": 0, "b": 1})
    assert [node.layer for node in graph.nodes] == [-1, 0, 1]
    assert graph.edges == ((0, 1, 0), (1, 2, 0))


def test_parts_that_share_a_parameter_stand_beside_each_other():
    program = Program()
    program.layer("attention.in_proj", "x")
    program.operations[0] = Operation(
        "p_attention.in_proj", "parameter", "", (), "", "attention.in_proj_weight"
    )
    layers = {"attention.query": 0, "attention.key": 1, "attention.value": 2}
    graph = lay_out_graph(program.operations, layers)
    assert describe(graph, layers) == ["input", *layers]


def test_calls_of_modules_are_read_by_their_names():
    operations = [
        Operation("input_0", "input", "", (), "", ""),
        Operation("a", "call", "Linear", ("input_0",), "a", ""),
        Operation("pool", "call", "MaxPool1d", ("a",), "pool", ""),
    ]
    graph = lay_out_graph(operations, {"a": 0})
    assert [node.kind for node in graph.nodes] == ["input", "layer", "pool"]


def test_layers_without_a_recorded_operation_are_a_chain():
    graph = lay_out_graph([], {"a": 3, "b": 1, "c": 2})
    assert [node.layer for node in graph.nodes] == [3, 1, 2]
    assert graph.edges == ((0, 1, 0), (1, 2, 0))


def test_nothing_at_all_is_an_empty_graph():
    graph = lay_out_graph([], {})
    assert (graph.nodes, graph.edges, graph.slots) == ((), (), 0)

import copy
import json

import pytest
import torch
from torch import nn

from analytics.replay import ReplayRefusedError, replay
from analytics.replay_operations import OPERATIONS
from analytics.snapshot_sample import read_snapshot, replay_sample
from epochscope.recording.graph import describe_graph
from epochscope.recording.layers import find_layers
from epochscope.recording.snapshot import SnapshotPass

NETWORKS = (
    *("mlp", "cnn", "vae", "unet", "lstm", "transformer", "in place", "shared"),
    *("mixed", "moody"),
)


def keyword(name):
    return {"scale": torch.tensor(1.5)} if name == "shared" else {}


def describe(case, name, count):
    graph = describe_graph(case.model, case.inputs(count), keyword(name))
    assert graph["source"] == "export", graph["reason"]
    return json.loads(json.dumps(graph, allow_nan=False))


def take_snapshot(model, graph, args, kwargs=None):
    taking = SnapshotPass(model, find_layers(model), 3, None, graph, 0)
    taking.start()
    taking.batch(lambda: model(*args, **(kwargs or {})), args, None, range(len(args[0])))
    return read_snapshot(taking.finish())


def assert_replayed(snapshot, graph):
    recorded = snapshot.sample().outputs
    run = replay_sample(graph, snapshot)
    replayed = {path: one for path, one in run.outputs.items() if isinstance(one, torch.Tensor)}
    assert list(replayed) == list(recorded)
    for path, tensor in recorded.items():
        torch.testing.assert_close(replayed[path], tensor, rtol=1e-5, atol=1e-6)
    return replayed, recorded


@pytest.mark.parametrize("name", NETWORKS)
def test_gives_the_outputs_of_a_recorded_batch_of_another_size(name, make_case):
    case = make_case(name)
    graph = describe(case, name, 4)
    case.model.eval()
    snapshot = take_snapshot(case.model, graph, case.inputs(6), keyword(name))
    assert_replayed(snapshot, graph)


@pytest.mark.parametrize("name", ["cnn", "vae"])
def test_gives_the_very_bits_of_the_demo_models(name, make_case):
    case = make_case(name)
    graph = describe(case, name, 4)
    case.model.eval()
    replayed, recorded = assert_replayed(take_snapshot(case.model, graph, case.inputs(7)), graph)
    assert all(torch.equal(replayed[path], recorded[path]) for path in recorded)


@pytest.mark.parametrize("name", ["cnn", "vae", "resnet18", "moody"])
def test_gives_the_outputs_of_a_batch_in_train_mode(name, make_case):
    case = make_case(name)
    graph = describe(case, name, 4)
    case.model.train()
    weights = {n: b.clone() for n, b in case.model.named_buffers()}
    snapshot = take_snapshot(case.model, graph, case.inputs(5))
    for buffer, before in weights.items():  # as they were before the batch moved them
        snapshot.tensors[f"buffers/{buffer}"] = before
    assert snapshot.sample().mode == "train"
    assert_replayed(snapshot, graph)
    for buffer, before in weights.items():
        assert torch.equal(snapshot.tensors[f"buffers/{buffer}"], before)


def test_gives_every_value_that_modules_computed(make_case):
    case = make_case("unet")
    graph = describe(case, "unet", 2)
    model, values = case.model.eval(), {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(lambda _, __, out, name=name: values.update({name: out}))
    args = case.inputs(3)
    with torch.no_grad():
        model(*args)
    found = replay(graph, dict(model.state_dict()), args).values
    convolutions = [node for node in graph["nodes"] if node.get("type") == "conv2d"]
    assert len(convolutions) == len(values) == 3
    for node in convolutions:
        torch.testing.assert_close(found[node["name"]], values[node["module"]])


def test_keeps_what_in_place_operations_overwrote(make_case):
    case = make_case("in place")
    graph = describe(case, "in place", 4)
    args = case.inputs(3)
    run = replay(graph, case.model.state_dict(), args)
    linear = next(node["name"] for node in graph["nodes"] if node.get("type") == "linear")
    torch.testing.assert_close(run.values[linear], case.model.a(*args).detach())


def test_redraws_nothing_that_was_recorded(make_case):
    case = make_case("vae")
    graph = describe(case, "vae", 4)
    args = case.inputs(2)
    with pytest.raises(ReplayRefusedError, match="drew was not recorded"):
        replay(graph, case.model.state_dict(), args)
    noise = {
        s["random"]: torch.zeros(2, width)
        for s, width in zip(graph["sampling"], (6, 3), strict=True)
    }
    run = replay(graph, case.model.state_dict(), args, noise)
    for found in graph["sampling"]:
        assert torch.equal(run.values[found["sample"]], run.values[found["mean"]])


@pytest.fixture
def plain(make_case):
    case = make_case("mlp")
    return describe(case, "mlp", 4), case.model.state_dict(), case.inputs(3)


def spoil(graph, change):
    spoiled = copy.deepcopy(graph)
    change(spoiled, next(n for n in spoiled["nodes"] if n.get("type") == "tanh"))
    return spoiled


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda g, n: n.update(op="os.system.default"), "no replay may run"),
        (lambda g, n: n.update(op="aten.from_file.default"), "no replay may run"),
        (lambda g, n: n.update(op="aten.add_.Tensor"), "no replay may run"),
        (lambda g, n: n.update(name="linear"), "stands twice"),
        (lambda g, n: n.update(args=[{"node": "linear_1"}]), "before it is computed"),
        (lambda g, n: n.update(args=[{"code": "exit()"}]), "no replay knows"),
        (lambda g, n: n.update(shape=[1, 2, 3]), "the graph says"),
        (lambda g, n: n.update(shape=[10**6, 10**6]), "bytes"),
        (lambda g, n: g.update(source="calls", reason="it branches"), "it branches"),
        (lambda g, n: g["nodes"][0].update(target="absent"), "'absent'"),
        (lambda g, n: g["batch"].update(dynamic=False, size=4), "the graph says"),
    ],
)
def test_refuses_what_it_cannot_trust(change, says, plain):
    graph, weights, args = plain
    with pytest.raises(ReplayRefusedError, match=says):
        replay(spoil(graph, change), weights, args)


def test_refuses_another_number_of_inputs(plain):
    graph, weights, args = plain
    with pytest.raises(ReplayRefusedError, match="takes 1 inputs, got 2"):
        replay(graph, weights, (*args, *args))


def test_refuses_an_unknown_mode(plain):
    graph, weights, args = plain
    with pytest.raises(ValueError, match="'test'"):
        replay(graph, weights, args, mode="test")


def test_may_only_run_operations_that_write_nothing():
    for operation in OPERATIONS:
        _, name, overload = operation.split(".")
        assert not getattr(getattr(torch.ops.aten, name), overload)._schema.is_mutable, operation

import json
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from safetensors.torch import load
from torch import nn

from epochscope.recording.graph import describe_graph
from epochscope.recording.layers import find_layers
from epochscope.recording.snapshot import SnapshotPass


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.embed = nn.Embedding(5, 4)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.out = nn.Linear(4, 5, bias=False)
        self.out.weight = self.embed.weight  # tied
        self.register_buffer("scale", torch.ones(()), persistent=False)

    def forward(self, x):
        h = F.relu(self.norm(self.conv(x))).flatten(2).transpose(1, 2)
        h = self.attention(h, h, h)[0] * self.scale + torch.randn(h.shape)
        return self.out(F.dropout(h, 0.5, self.training).mean(1))


@pytest.fixture
def net():
    torch.manual_seed(2)
    return Net()


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(4)
    return torch.randn(8, 1, 3, 3, generator=generator), torch.arange(8) % 5


def start(model, graph=None, classes=5, step=7):
    taking = SnapshotPass(model, find_layers(model), step, classes, graph, 0)
    taking.start()
    return taking


def finish(taking):
    data = taking.finish()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    return load(data), json.loads(header["__metadata__"]["epochscope"])


def take(model, x, y, graph=None):
    taking = start(model, graph)
    for part in (slice(0, 4), slice(4, 8)):
        taking.batch(lambda part=part: model(x[part]), x[part], y[part], range(8)[part])
    return finish(taking)


def everything(model):
    modules = list(model.modules())
    return {
        "tensors": {n: t.clone() for n, t in [*model.named_parameters(), *model.named_buffers()]},
        "grads": {
            n: p.grad if p.grad is None else p.grad.clone() for n, p in model.named_parameters()
        },
        "modes": [m.training for m in modules],
        "hooks": [
            (len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks))
            for m in modules
        ],
        "needs": [p.requires_grad for p in model.parameters()],
    }


def assert_same(before, after):
    torch.testing.assert_close(before["tensors"], after["tensors"], rtol=0, atol=0)
    for name, grad in before["grads"].items():
        assert grad is after["grads"][name] or torch.equal(grad, after["grads"][name])
    for part in ("modes", "hooks", "needs"):
        assert before[part] == after[part]


@pytest.mark.parametrize("stepped", [False, True])
def test_leaves_the_model_as_it_was(stepped, net, batch):
    net.eval()
    if stepped:
        net(batch[0]).sum().backward()
    fired = []
    net.conv.register_full_backward_hook(lambda *_: fired.append(1))
    before = everything(net)
    take(net, *batch)
    assert_same(before, everything(net))
    assert fired == []


def test_draws_no_more_random_numbers_than_the_model(net, batch):
    net.eval()
    x, y = batch
    states = []
    for run in (lambda: (net(x[:4]), net(x[4:])), lambda: take(net, x, y)):
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        run()
        states.append((torch.get_rng_state(), random.getstate(), np.random.get_state()[1]))  # noqa: NPY002
    assert torch.equal(states[0][0], states[1][0])
    assert states[0][1] == states[1][1]
    assert np.array_equal(states[0][2], states[1][2])


def test_returns_what_the_model_returns_detached(net, batch):
    net.eval()
    taking = start(net)
    torch.manual_seed(0)
    found = taking.batch(lambda: {"logits": net(batch[0])}, batch[0], batch[1], range(8))["logits"]
    torch.manual_seed(0)
    torch.testing.assert_close(found, net(batch[0]), rtol=1e-6, atol=1e-6)
    assert not found.requires_grad


def test_runs_under_no_grad_of_the_caller(net, batch):
    net.eval()
    with torch.no_grad():
        tensors, about = take(net, *batch)
        assert not torch.is_grad_enabled()
    assert about["notes"] == {}
    assert any(name.endswith("/contribution") for name in tensors)


def test_holds_parameters_and_buffers_tied_ones_once(net, batch):
    tensors, _ = take(net.eval(), *batch)
    names = {f"parameters/{n}" for n, _ in net.named_parameters()}
    names |= {f"buffers/{n}" for n, _ in net.named_buffers()}
    stored = {n for n in tensors if n.startswith(("parameters/", "buffers/"))}
    assert stored == names
    assert "parameters/out.weight" not in stored
    assert torch.equal(tensors["parameters/embed.weight"], net.embed.weight)
    assert torch.equal(tensors["buffers/scale"], net.scale)


def test_holds_gradients_and_updates_as_bfloat16(net, batch):
    taking = start(net.eval())
    gradient = {"conv.weight": torch.randn(4, 1, 3, 3)}
    taking.add_gradients(gradient)
    taking.add_updates({"conv.weight": -0.1 * gradient["conv.weight"]})
    gradient["conv.weight"].zero_()  # as the next step does
    tensors, about = finish(taking)
    for kind in ("gradients", "updates"):
        assert tensors[f"{kind}/conv.weight"].dtype == torch.bfloat16
        assert tensors[f"{kind}/conv.weight"].abs().sum() > 0
    assert [about["step"], about["weights_step"], about["gradients_weights_step"]] == [7, 7, 6]


def test_is_the_state_at_the_end_of_the_pass_and_no_view_of_it(net, batch):
    tensors, _ = take(net.eval(), *batch)
    before = tensors["parameters/conv.weight"].clone()
    with torch.no_grad():
        net.conv.weight.zero_()
    assert torch.equal(tensors["parameters/conv.weight"], before)


def test_names_layers_with_the_activation_that_followed_and_its_node(net, batch):
    graph = describe_graph(net, (batch[0],), {})
    _, about = take(net.eval(), *batch, graph)
    layers = {one["name"]: one for one in about["layers"]}
    relu = next(n["name"] for n in graph["nodes"] if n.get("type") == "relu")
    assert layers["conv"] == {"layer": 1, "name": "conv", "activation": "relu", "node": relu}
    assert layers["out"]["activation"] is None
    assert "embed" not in layers


def test_keeps_the_first_batch_with_its_draws_and_random_state(net, batch):
    x, y = batch
    graph = describe_graph(net, (x,), {})
    net.eval()
    torch.manual_seed(11)
    state = torch.get_rng_state()
    tensors, about = take(net, x, y, graph)
    sample = about["sample"]
    assert sample["mode"] == "eval"
    assert sample["inputs"] == ["args[0]"]
    assert sample["outputs"] == ["output"]
    assert sample["lost_draws"] == 0
    assert torch.equal(tensors["sample/random_state"], state)
    assert torch.equal(tensors["sample/inputs/0"], x[:4])
    assert torch.equal(tensors["sample/targets"], y[:4])
    assert tensors["sample/images"].tolist() == [0, 1, 2, 3]
    torch.set_rng_state(state)
    (drawn,) = sample["noise"]
    assert next(n["type"] for n in graph["nodes"] if n["name"] == drawn) == "randn"
    assert torch.equal(tensors["sample/noise/0"], torch.randn(4, 9, 4))
    torch.set_rng_state(state)
    torch.testing.assert_close(tensors["sample/outputs/0"], net(x[:4]), rtol=1e-6, atol=1e-6)


def test_keeps_inputs_as_they_were_before_the_model_wrote_to_them(batch):
    class Writing(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 2)

        def forward(self, x):
            return self.linear(x.mul_(2))

    model, x = Writing().eval(), torch.ones(8, 3)
    tensors, _ = take(model, x, batch[1])
    assert torch.equal(tensors["sample/inputs/0"], torch.ones(4, 3))


def test_keeps_only_the_first_rows_of_a_large_batch(batch):
    model = nn.Sequential(nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(9, 5)).eval()
    x = torch.zeros(8, 1, 1024, 2048)  # 8 MiB each: 16 MiB are kept
    graph = describe_graph(model, (x,), {})
    tensors, _ = take(model, x, batch[1], graph)
    for name in ("inputs/0", "outputs/0", "targets", "images"):
        assert len(tensors[f"sample/{name}"]) == 2


def test_a_pass_that_failed_leaves_nothing_behind(net, batch):
    before = everything(net.eval())

    def fail():
        net(batch[0])
        raise ValueError("no such class")

    taking = start(net)
    with pytest.raises(ValueError, match="no such class"):
        taking.batch(fail, batch[0], batch[1], range(8))
    taking.stop()
    assert_same(before, everything(net))


def test_prefixes_the_weights_of_several_models(batch):
    models = {"maker": nn.Linear(2, 9), "critic": nn.Sequential(nn.Flatten(), nn.Linear(9, 5))}
    graph = {"format": 1, "parts": {"critic": describe_graph(models["critic"], (batch[0],), {})}}
    for model in models.values():
        model.eval()
    taking = start(models, graph)
    taking.batch(lambda: models["critic"](batch[0]), batch[0], batch[1], range(8))
    tensors, about = finish(taking)
    assert {"parameters/maker.weight", "parameters/critic.1.weight"} <= set(tensors)
    assert about["sample"]["model"] == "critic"
    assert [one["name"] for one in about["layers"]] == ["critic.1"]


def test_needs_neither_graph_nor_targets(net, batch):
    taking = start(net.eval(), None, None)
    taking.batch(lambda: net(batch[0]), batch[0], None, range(8))
    tensors, about = finish(taking)
    assert about["sample"]["noise"] == []
    assert "sample/targets" not in tensors
    assert any(name.endswith("/best_image") for name in tensors)

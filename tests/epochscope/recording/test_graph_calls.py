import json

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from epochscope.recording.graph import describe_graph


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


class Branching(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, (3, 5), stride=2, padding=(1, 2))
        self.norm = nn.BatchNorm2d(4)
        self.side = nn.Conv2d(4, 4, 1)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        h = F.relu(self.norm(self.conv(x)))
        if h.mean() < 1e9:
            h = h + self.side(h)
        return {"logits": self.head(self.head.weight.new_zeros(()) + h.mean((2, 3)))}


@pytest.fixture
def graph():
    return describe_graph(Branching(), (torch.randn(3, 1, 6, 6),), {})


def test_says_that_it_holds_calls_and_why(graph):
    assert graph["source"] == "calls"
    assert "data-dependent" in graph["reason"]
    assert json.loads(json.dumps(graph, allow_nan=False)) == graph


def test_edges_follow_tensors_through_functions_between_modules(graph):
    edges = {node["name"]: node.get("inputs", []) for node in graph["nodes"]}
    assert edges == {
        "input_0": [],
        "conv": ["input_0"],
        "norm": ["conv"],
        "side": ["norm"],
        "head": ["norm", "side"],
    }
    assert graph["outputs"] == [{"path": "output['logits']", "nodes": ["head"]}]
    assert graph["inputs"] == [{"path": "args[0]", "node": "input_0"}]


def test_calls_hold_type_shape_and_convolution(graph):
    convolution = next(node for node in graph["nodes"] if node["name"] == "conv")
    wanted = {"op": "call", "type": "Conv2d", "module": "conv", "call": 1, "shape": [3, 4, 3, 3]}
    wanted |= {
        "kernel": [3, 5],
        "stride": [2, 2],
        "padding": [1, 2],
        "dilation": [1, 1],
        "groups": 1,
    }
    assert {name: convolution[name] for name in wanted} == wanted


def test_describes_packed_sequences():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.out = nn.LSTM(3, 4), nn.Linear(4, 2)

        def forward(self, packed):
            _, (hidden, _) = self.lstm(packed)
            return self.out(hidden[-1])

    sequences = [torch.randn(length, 3) for length in (4, 2, 3)]
    packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
    graph = describe_graph(Packed(), (packed,), {})
    assert graph["source"] == "calls"
    edges = {node["name"]: node["inputs"] for node in graph["nodes"] if node["op"] == "call"}
    assert edges["out"] == ["lstm"]
    assert edges["lstm"][0].startswith("input_")


def test_names_each_call_of_a_shared_module():
    class Repeated(nn.Module):
        def __init__(self):
            super().__init__()
            self.step = nn.Linear(3, 3)

        def forward(self, x):
            while x.norm() > 1e-3:
                x = self.step(x)
            return x

    model = Repeated()
    with torch.no_grad():
        model.step.weight.copy_(0.1 * torch.eye(3))
        model.step.bias.zero_()
    graph = describe_graph(model, (torch.ones(1, 3),), {})
    calls = [(n["name"], n["call"], n["inputs"]) for n in graph["nodes"] if n["op"] == "call"]
    assert calls[:2] == [("step", 1, ["input_0"]), ("step#2", 2, ["step"])]
    assert len(calls) == 4


def test_attention_is_one_call():
    class Refused(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 2, batch_first=True)

        def forward(self, x):
            return self.attention(x, x, x)[0] if x.sum() < 1e9 else x

    graph = describe_graph(Refused(), (torch.randn(2, 3, 4),), {})
    assert [n["name"] for n in graph["nodes"] if n["op"] == "call"] == ["attention"]


def test_a_model_that_fails_is_described_by_its_modules_alone():
    class Failing(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 3)

        def forward(self, x):
            raise ValueError("no such batch")

    graph = describe_graph(Failing(), (torch.randn(2, 3),), {})
    assert graph["source"] == "calls"
    assert graph["nodes"] == []
    assert "no such batch" in graph["reason"]
    assert [module["name"] for module in graph["modules"]] == ["", "linear"]

import copy
import json
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from epochscope.recording.graph import describe_graph


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1, dilation=1, groups=2, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
        )
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ConvTranspose2d(4, 3, 4, 2, 1)
        self.head = nn.Linear(3, 5)
        self.head.weight = nn.Parameter(torch.randn(5, 3))
        self.register_buffer("scale", torch.tensor(2.0), persistent=False)
        self.seen = []

    def forward(self, x, *, offset=None):
        h = self.up(self.pool(self.stem(x)))
        self.seen.append(h)  # what many models do: it must not become a fake tensor
        h = F.dropout(h.mean((2, 3)), 0.1, self.training) * self.scale
        return {"logits": self.head(h if offset is None else h + offset), "features": (h,)}


@pytest.fixture
def net():
    torch.manual_seed(1)
    return Net()


@pytest.fixture
def graph(net):
    described = describe_graph(net, (torch.randn(3, 2, 8, 8),), {"offset": torch.ones(3)})
    assert described["source"] == "export", described["reason"]
    return json.loads(json.dumps(described, allow_nan=False))


def node_of(graph, kind):
    return next(node for node in graph["nodes"] if node.get("type") == kind)


BATCH = {"batch": 1}


def test_names_every_operation_with_its_module_arguments_and_shape(graph):
    convolution = node_of(graph, "conv2d")
    assert convolution["op"] == "aten.conv2d.default"
    assert convolution["module"] == "stem.0"
    assert convolution["shape"] == [BATCH, 4, 4, 4]
    assert convolution["dtype"] == "float32"
    assert convolution["inputs"] == ["x", "p_stem_0_weight"]


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (
            "conv2d",
            {
                "kernel": [3, 3],
                "stride": [2, 2],
                "padding": [1, 1],
                "dilation": [1, 1],
                "groups": 2,
            },
        ),
        ("max_pool2d", {"kernel": [2, 2], "stride": [2, 2], "padding": [0, 0], "dilation": [1, 1]}),
        ("conv_transpose2d", {"kernel": [4, 4], "stride": [2, 2], "padding": [1, 1], "groups": 1}),
    ],
)
def test_says_kernel_stride_padding_dilation_and_groups(kind, attributes, graph):
    found = node_of(graph, kind)
    assert {name: found.get(name) for name in attributes} == attributes


def test_names_inputs_and_outputs_by_their_place(graph):
    assert [one["path"] for one in graph["inputs"]] == ["args[0]", "kwargs['offset']"]
    assert [one["path"] for one in graph["outputs"]] == [
        "output['logits']",
        "output['features'][0]",
    ]


def test_names_parameters_and_buffers_as_the_model_does(net, graph):
    targets = {node["target"] for node in graph["nodes"] if node["op"] in {"parameter", "buffer"}}
    named = {**dict(net.named_parameters()), **dict(net.named_buffers())}
    assert targets == set(named)
    assert {p["name"] for p in graph["parameters"]} == set(dict(net.named_parameters()))
    assert {b["name"] for b in graph["buffers"]} == set(dict(net.named_buffers()))


def test_holds_the_module_hierarchy(net, graph):
    assert [m["name"] for m in graph["modules"]] == [name for name, _ in net.named_modules()]


def test_every_input_of_a_node_stands_before_it(graph):
    seen = set()
    for node in graph["nodes"]:
        assert set(node.get("inputs", ())) <= seen
        assert node["name"] not in seen
        seen.add(node["name"])


def test_says_which_buffers_a_training_pass_writes(graph):
    by_name = {node["name"]: node for node in graph["nodes"]}
    assert [by_name[name]["target"] for name in graph["written"]] == ["stem.1.num_batches_tracked"]


def test_in_place_operations_are_nodes_of_their_own(graph):
    assert node_of(graph, "relu")["op"] == "aten.relu.default"
    assert not [node for node in graph["nodes"] if node["op"].split(".")[-2:-1] == ["relu_"]]


def test_a_batch_size_that_reaches_arguments_is_followed():
    class Sized(nn.Module):
        def forward(self, x):
            pairs = x.view(len(x) // 2, 2, -1)
            return pairs.sum() / len(x), x @ x.T

    graph = describe_graph(Sized(), (torch.randn(6, 4),), {})
    assert graph["batch"] == {"size": 6, "dynamic": True, "reason": ""}
    assert node_of(graph, "view")["args"][1] == [{"batch": [1, 2]}, 2, -1]
    assert node_of(graph, "div")["args"][1] == {"batch": 1}
    assert node_of(graph, "matmul")["shape"] == [{"batch": 1}, {"batch": 1}]


def test_a_batch_size_that_cannot_be_followed_is_said_to_be_fixed():
    class Fixed(nn.Module):
        def forward(self, x):
            return x * (len(x) + 1)

    graph = describe_graph(Fixed(), (torch.randn(6, 4),), {})
    assert graph["source"] == "export"
    assert graph["batch"]["dynamic"] is False
    assert graph["batch"]["reason"]


def random_states():
    return torch.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002


def assert_same_states(before, after):
    assert torch.equal(before[0], after[0])
    assert before[1] == after[1]
    assert np.array_equal(before[2][1], after[2][1])


def state_of(model):
    return {
        name: tensor.clone()
        for name, tensor in {
            **dict(model.named_parameters()),
            **dict(model.named_buffers()),
        }.items()
    }


def assert_untouched(model, before):
    for name, tensor in state_of(model).items():
        assert torch.equal(tensor, before[name]), name


class Branching(Net):
    """Refused: it branches on values, and draws from every generator."""

    def forward(self, x, *, offset=None):
        if torch.rand(()) + random.random() + np.random.rand() > -1 and x.sum() < 1e9:  # noqa: NPY002
            return super().forward(x, offset=offset)
        return None


@pytest.mark.parametrize("kind", [Net, Branching])
def test_leaves_model_random_states_and_inputs_alone(kind):
    model, x = kind(), torch.randn(3, 2, 8, 8)
    model.stem.eval()
    calls = []
    model.stem.register_forward_hook(lambda *_: calls.append(1))
    model.register_forward_pre_hook(lambda *_: calls.append(1))
    before, seen, states = state_of(model), x.clone(), random_states()
    graph = describe_graph(model, (x,), {})
    assert graph["source"] == ("export" if kind is Net else "calls")
    assert_same_states(states, random_states())
    assert_untouched(model, before)
    assert torch.equal(x, seen)
    assert calls == []
    assert model.seen == []
    assert [model.training, model.stem.training] == [True, False]
    assert all(parameter.grad is None for parameter in model.parameters())
    model(x)
    assert calls == [1, 1]


def test_describes_train_mode_of_a_model_in_eval_mode(net):
    net.eval()
    graph = describe_graph(net, (torch.randn(3, 2, 8, 8),), {})
    assert node_of(graph, "batch_norm")["args"][5] is True
    assert not net.training


def test_keeps_parts_that_train_in_eval_mode(net):
    net.stem.eval()
    graph = describe_graph(net, (torch.randn(3, 2, 8, 8),), {})
    assert node_of(graph, "batch_norm")["args"][5] is False


class Uncopyable(Net):
    def __deepcopy__(self, memo):
        raise RuntimeError("holds a socket")


@pytest.mark.parametrize("branching", [False, True])
def test_puts_back_a_model_that_cannot_be_copied(branching):
    class Stubborn(Uncopyable, Branching if branching else Net):
        pass

    model, x = Stubborn(), torch.randn(3, 2, 8, 8)
    calls = []
    model.stem.register_forward_hook(lambda *_: calls.append(1))
    before, buffers = state_of(model), {n: id(b) for n, b in model.named_buffers()}
    graph = describe_graph(model, (x,), {})
    assert graph["source"] == ("calls" if branching else "export")
    assert_untouched(model, before)
    assert {n: id(b) for n, b in model.named_buffers()} == buffers
    assert calls == []
    assert model.seen == []
    model(x)
    assert calls == [1]


def test_puts_the_argument_checks_of_distributions_back():
    class Drawing(nn.Module):
        def forward(self, x):
            return torch.distributions.Normal(x, x.exp()).rsample()

    before = torch.distributions.Distribution._validate_args
    assert describe_graph(Drawing(), (torch.randn(2, 3),), {})["source"] == "export"
    assert torch.distributions.Distribution._validate_args is before


def test_keeps_large_constants_out_of_the_file():
    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = torch.zeros(1200, 1200)  # no buffer: 5.8 MB

        def forward(self, x):
            return x + self.table.sum()

    graph = describe_graph(Masked(), (torch.randn(2, 3),), {})
    assert graph["source"] == "calls"
    assert "4,194,304 bytes" in graph["reason"]


def test_follows_a_shared_module_through_its_calls():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.critic = nn.Sequential(nn.Linear(3, 3), nn.Tanh())

        def forward(self, real, made):
            return self.critic(real) - self.critic(made)

    graph = describe_graph(Twice(), (torch.randn(2, 3), torch.randn(2, 3)), {})
    calls = [(n["module"], n["call"]) for n in graph["nodes"] if n.get("type") == "linear"]
    assert calls == [("critic.0", 1), ("critic.0", 2)]


def test_writes_tied_weights_once():
    model = nn.Sequential(nn.Embedding(7, 4), nn.Linear(4, 7, bias=False))
    model[1].weight = model[0].weight
    graph = describe_graph(model, (torch.randint(0, 7, (3, 2)),), {})
    assert {n["target"] for n in graph["nodes"] if n["op"] == "parameter"} == {"0.weight"}
    assert graph["parameters"][1] == {
        "name": "1.weight",
        "shape": [7, 4],
        "dtype": "float32",
        "same_as": "0.weight",
    }


def test_says_which_operations_ran_in_mixed_precision_and_without_gradients():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 3)

        def forward(self, x):
            with torch.autocast("cpu", torch.bfloat16):
                h = self.linear(x)
            with torch.no_grad():
                scale = h.float().exp()
            return h * scale

    graph = describe_graph(Mixed(), (torch.randn(2, 3),), {})
    wanted = {"device": "cpu", "dtype": "bfloat16", "enabled": True}
    assert node_of(graph, "linear")["autocast"] == wanted
    assert "autocast" not in node_of(graph, "exp")
    assert node_of(graph, "exp")["detached"] is True
    assert "detached" not in node_of(graph, "mul")
    with torch.autocast("cpu", torch.bfloat16):
        ambient = describe_graph(nn.Linear(3, 3), (torch.randn(2, 3),), {})
    assert ambient["autocast"] == wanted
    assert graph["autocast"] is None


def test_describes_a_deep_copy_alike(net):
    x = (torch.randn(3, 2, 8, 8),)
    assert describe_graph(net, x, {}) == describe_graph(copy.deepcopy(net), x, {})

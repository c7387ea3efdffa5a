import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from epochscope.recording.graph import describe_graph
from epochscope.recording.graph_layers import activations_after, find_sampling, unit_taps


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


class Units(nn.Module):
    """Every way a layer may meet its non-linearity."""

    def __init__(self):
        super().__init__()
        self.merged = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.1), nn.ReLU()
        )
        self.functional = nn.Conv2d(4, 4, 1)
        self.in_place = nn.Conv2d(4, 4, 1)
        self.after_sum = nn.Conv2d(4, 4, 1)
        self.flattened = nn.Conv2d(4, 4, 4)
        self.twice = nn.Linear(4, 4)
        self.clipped = nn.Linear(4, 4)
        self.plain = nn.Linear(4, 2)

    def forward(self, x):
        h = F.gelu(self.functional(self.merged(x)))
        h = torch.relu_(self.in_place(h))
        h = torch.tanh(self.after_sum(h) + h)
        h = F.leaky_relu(self.flattened(h).flatten(1), 0.2)
        h = torch.sigmoid(F.softplus(self.twice(h)))
        return self.plain(F.relu6(self.clipped(h)))


@pytest.fixture
def described():
    graph = describe_graph(Units(), (torch.randn(2, 1, 6, 6),), {})
    assert graph["source"] == "export"
    return graph


def test_names_the_nonlinearity_that_follows_each_layer(described):
    assert activations_after(described) == {
        "merged.0": "relu",
        "merged.1": "relu",
        "functional": "gelu",
        "in_place": "relu",
        "flattened": "leaky_relu",
        "twice": "sigmoid",
        "clipped": "relu6",
    }


def test_taps_the_last_activation_of_a_merged_unit(described):
    taps, nodes = unit_taps(described), {n["name"]: n for n in described["nodes"]}
    assert taps["merged.0"] == taps["merged.1"]
    assert nodes[taps["merged.0"]]["module"] == "merged.3"
    assert nodes[taps["twice"]]["type"] == "sigmoid"


def test_names_nonlinearities_of_module_calls_too():
    class Branching(Units):
        def forward(self, x):
            return super().forward(x) if x.sum() < 1e9 else x

    graph = describe_graph(Branching(), (torch.randn(2, 1, 6, 6),), {})
    assert graph["source"] == "calls"
    assert activations_after(graph) == {"merged.0": "relu", "merged.1": "relu"}


class Sampling(nn.Module):
    def __init__(self, way):
        super().__init__()
        self.middle, self.width, self.way = nn.Linear(3, 2), nn.Linear(3, 2), way

    def forward(self, x):
        middle, raw = self.middle(x), self.width(x)
        return self.way(middle, raw), middle, raw


def spread(raw):
    return torch.exp(raw / 2)


WAYS = {
    "written out": lambda m, s: m + spread(s) * torch.randn_like(s),
    "the other way round": lambda m, s: torch.randn(m.shape) * F.softplus(s) + m,
    "in place": lambda m, s: torch.empty_like(s).normal_().mul(spread(s)).add(m),
    "a distribution": lambda m, s: torch.distributions.Normal(m, spread(s)).rsample(),
    "subtracted": lambda m, s: m - spread(s) * torch.randn_like(s),
    "repeated": lambda m, s: m + spread(s) * torch.randn(1, 2).expand(len(s), 2),
}


@pytest.mark.parametrize("way", WAYS)
def test_finds_where_values_are_drawn_scaled_and_added(way):
    graph = describe_graph(Sampling(WAYS[way]), (torch.randn(4, 3),), {})
    (found,) = graph["sampling"]
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert nodes[found["random"]]["type"].startswith(("randn", "normal"))
    assert nodes[found["product"]]["type"] == "mul"
    assert nodes[found["sample"]]["type"] in {"add", "sub"}
    assert found["scale_layer"] == "width"
    assert found["mean_layer"] == "middle"


def test_dropout_is_no_sampling():
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5), nn.Linear(3, 3))
    graph = describe_graph(model, (torch.randn(4, 3),), {})
    assert find_sampling(graph["nodes"]) == []

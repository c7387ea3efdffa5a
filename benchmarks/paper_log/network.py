"""ResNet-50 without normalisation, and what the recorder writes of it: its layers and its graph."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.paper_log.plan import BLOCKS, Plan
from epochscope.recording.graph import describe_graph
from epochscope.recording.graph_layers import activations_after
from epochscope.recording.layers import find_nodes
from epochscope.recording.meta import describe_layers
from epochscope.recording.nonlinearity import Nonlinearity

_PIXELS = 224


class Bottleneck(nn.Module):
    """Three convolutions beside a shortcut."""

    def __init__(self, inputs: int, width: int, outputs: int, stride: int, first: bool) -> None:
        """Build the convolutions; the first block of a module projects its shortcut."""
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.relu = nn.ReLU()
        self.downsample = (
            nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False)) if first else None
        )

    def forward(self, inputs: Tensor) -> Tensor:
        """Return what the block adds to its input, and it."""
        found = self.conv3(self.relu(self.conv2(self.relu(self.conv1(inputs)))))
        shortcut = inputs if self.downsample is None else self.downsample(inputs)
        result: Tensor = self.relu(found + shortcut)
        return result


class ResNet(nn.Module):
    """ResNet-50 as torchvision names it, of a plan's widths."""

    def __init__(self, plan: Plan) -> None:
        """Build the stem, four modules and the last layer."""
        super().__init__()
        before = plan.scale_width(1)
        self.conv1 = nn.Conv2d(3, before, 7, 2, 3, bias=False)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for module, blocks in enumerate(BLOCKS, 1):
            wide = plan.scale_output(module)
            built = []
            for block in range(blocks):
                stride = 2 if module > 1 and block == 0 else 1
                built.append(Bottleneck(before, plan.scale_width(module), wide, stride, block == 0))
                before = wide
            self.add_module(f"layer{module}", nn.Sequential(*built))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(before, plan.classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits of each class."""
        found = self.maxpool(self.relu(self.conv1(images)))
        for module in range(1, len(BLOCKS) + 1):
            found = self.get_submodule(f"layer{module}")(found)
        logits: Tensor = self.fc(torch.flatten(self.avgpool(found), 1))
        return logits


@dataclass(frozen=True)
class PaperLayer:
    """A layer with filters."""

    layer: int  # its row in the table layers
    name: str
    filters: int
    fan_in: int  # weights of a filter
    deviation: float  # of its initial weights: Xavier's
    rectified: bool  # whether its activation is read behind a rectifier

    @property
    def module(self) -> int:
        """The module it belongs to, 1 to 4; 0 for the stem and 5 for the last layer."""
        if self.name.startswith("layer"):
            return int(self.name[5])
        return 5 if self.name == "fc" else 0

    @property
    def is_convolution(self) -> bool:
        """Tell whether it is one of the 53 convolutions."""
        return self.name != "fc"


@dataclass(frozen=True)
class Network:
    """The layers of the network, and how modules hold them."""

    layers: tuple[PaperLayer, ...]
    table: pa.Table  # the table layers
    graph: bytes  # meta/graph.json
    nodes: NDArray[np.int64]  # (node,) rows of the table: the layers in order, then the modules
    members: NDArray[np.bool_]  # (node, layer) which layers a node pools


@lru_cache(maxsize=4)
def build_network(fraction: float) -> Network:
    """Describe the network of a fraction, as the recorder does before the first step."""
    plan = Plan(fraction=fraction)
    with torch.device("meta"):
        model = ResNet(plan)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        graph = describe_graph(model, (torch.zeros(2, 3, _PIXELS, _PIXELS),))
    nodes = find_nodes(model)
    after = activations_after(graph)
    order = {node.index: place for place, node in enumerate(n for n in nodes if n.layer)}
    relu = Nonlinearity("relu", torch.relu)
    rectified = {node.index: relu for node in nodes if after.get(node.name)}
    table = describe_layers(nodes, {"": optimizer}, order, rectified)
    rows = table.to_pylist()
    layers = tuple(_describe(row) for row in rows if row["kind"] == "layer")
    numbers, members = _pool(rows, layers)
    data = json.dumps(graph, separators=(",", ":")).encode()
    return Network(layers, table, data, numbers, members)


def _describe(row: dict[str, Any]) -> PaperLayer:
    shape = [int(size) for size in row["shape"]]
    area = int(np.prod(shape[2:], dtype=np.int64))
    deviation = (2 / (shape[0] * area + shape[1] * area)) ** 0.5
    return PaperLayer(
        layer=int(row["layer"]),
        name=str(row["name"]),
        filters=shape[0],
        fan_in=shape[1] * area,
        deviation=deviation,
        rectified=row["activation"] == "post",
    )


def _pool(
    rows: list[dict[str, Any]], layers: tuple[PaperLayer, ...]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    parents = {row["layer"]: row["parent"] for row in rows}
    held: dict[int, set[int]] = {}
    for place, layer in enumerate(layers):
        at = parents[layer.layer]
        while at is not None:
            held.setdefault(at, set()).add(place)
            at = parents[at]
    modules = sorted(held)
    members = np.zeros((len(layers) + len(modules), len(layers)), np.bool_)
    members[: len(layers)] = np.eye(len(layers), dtype=np.bool_)
    for place, module in enumerate(modules, len(layers)):
        members[place, sorted(held[module])] = True
    return np.array([*(layer.layer for layer in layers), *modules], np.int64), members

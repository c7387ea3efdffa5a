"""Writes a small run of nested modules whose every weight is known, as the recorder would."""

import json

import numpy as np
import pyarrow as pa

from data.planted_weights import describe_values
from epochscope.log_writer import LogWriter

# Name, type, parent and shape of the weights: a stem, a body of a block with a projection and a
# single layer, and a head.
MODULES = (
    ("", "Net", None, None),
    ("stem", "Conv2d", 0, (4, 3, 3, 3)),
    ("body", "Sequential", 0, None),
    ("body.0", "Block", 2, None),
    ("body.0.a", "Conv2d", 3, (6, 4, 3, 3)),
    ("body.0.b", "Conv2d", 3, (8, 6, 3, 3)),
    ("body.0.down", "Conv2d", 3, (8, 4, 1, 1)),
    ("body.1", "Conv2d", 2, (8, 8, 3, 3)),
    ("head", "Linear", 0, (10, 8)),
)
LAYERS = {name: place for place, (name, _, _, shape) in enumerate(MODULES) if shape}
EVERY = 10  # steps
PEAK = 11  # recorded step at which the weights of body.1 leap once


def planted_weights(layer, place):
    """The weights of a layer at the place-th recorded step."""
    shape = MODULES[layer][3]
    drawn = np.random.default_rng(layer).normal(0, 0.1, shape)
    weights = drawn * (1 - place / 100) + (layer - 4) * 0.01 * place
    if MODULES[layer][0] == "body.1" and place == PEAK:
        weights = weights + 3
    return weights.ravel()


def layers_within(index):
    """Rows of the layers in a level, itself where it is one."""
    name = MODULES[index][0]
    return [row for one, row in LAYERS.items() if one == name or one.startswith(f"{name}.")]


def write_nested_run(folder, name="nested", places=30, bad=None, pooled=True, types=None):
    """Write the run, every 10 steps; from the place `bad` on, the weights of body.0.b hold a NaN.

    Without `pooled`, modules have no rows of their own; `types` are other types of some layers.
    """
    writer = LogWriter.create(folder / name, {"created": "2026-03-01T00:00:00+00:00"})
    writer.commit_meta(
        {"layers": _layers(types or {}), "graph.json": json.dumps(_graph()).encode()}
    )
    for place in range(places):
        some = range(1, len(MODULES)) if pooled else LAYERS.values()
        rows = [_row(index, place, bad) for index in some]
        writer.commit_step(place * EVERY, {"layer_stat": pa.Table.from_pylist(rows)})
    writer.beat((places - 1) * EVERY, (places - 1) * EVERY)
    writer.close("finished")
    return folder / name


def _row(index, place, bad):
    values = np.concatenate([planted_weights(one, place) for one in layers_within(index)])
    before = None
    if place:
        before = np.concatenate([planted_weights(one, place - 1) for one in layers_within(index)])
    row = describe_values(values, before)
    if before is not None:
        change = np.abs(values - before) / np.abs(before)
        edges = [j * 10.0 ** -(d + 1) for d in range(6) for j in range(9, 0, -1)]
        row["change_share"] = [1.0, *(float((change < edge).mean()) for edge in edges)]
        row["gradient_update_l2"] = 0.01 * row["l2"]
        row["decay_update_l2"] = 1e-4 * row["l2"]
    if bad is not None and place >= bad and MODULES[index][0] == "body.0.b":
        row["nan"] = 1
    return {
        **row, "step": place * EVERY, "layer": index, "kind": "weight", "series": "statistics",
        "previous_step": (place - 1) * EVERY if place else None,
    }  # fmt: skip


def _layers(types):
    rows = []
    for place, (name, type_, parent, shape) in enumerate(MODULES):
        rows.append(
            {
                "layer": place, "parent": parent, "kind": "layer" if shape else "module",
                "name": name, "type": types.get(name, type_), "order": place, "neurons": shape and shape[0],
                "weights": int(np.prod(shape)) if shape else 0, "shape": shape and list(shape),
                "activation": None, "tied_to": None, "frozen": False, "group": None,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows)


def _graph():
    def layer(name, *inputs):
        parameter = {"name": f"p_{name}", "op": "parameter", "target": f"{name}.weight"}
        return [parameter, {"name": name, "op": "aten.conv2d", "type": "conv2d",
                            "inputs": [*inputs, f"p_{name}"], "module": name}]  # fmt: skip

    nodes = [{"name": "images", "op": "input"}, *layer("stem", "images")]
    nodes += [*layer("body.0.a", "stem"), *layer("body.0.b", "body.0.a")]
    nodes += layer("body.0.down", "stem")
    nodes.append({"name": "added", "op": "aten.add", "type": "add",
                  "inputs": ["body.0.b", "body.0.down"]})  # fmt: skip
    nodes += [*layer("body.1", "added")]
    nodes.append({"name": "pooled", "op": "aten.avg_pool2d", "type": "avg_pool2d",
                  "inputs": ["body.1"]})  # fmt: skip
    return {"format": 1, "source": "export", "nodes": [*nodes, *layer("head", "pooled")]}

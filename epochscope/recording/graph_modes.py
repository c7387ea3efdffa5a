"""What the operations of a training graph do in eval mode, and whether that is all that differs."""

from collections.abc import Mapping, Sequence
from typing import Any

DROPOUTS = frozenset({"dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"})

# Operation -> which argument says that it trains, and its value in eval mode.
_IN_EVAL: dict[str, tuple[int, object]] = {
    **dict.fromkeys(DROPOUTS | {"native_dropout"}, (2, False)),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), (6, False)),
    "batch_norm": (5, False),
    "instance_norm": (5, False),
    "rrelu": (3, False),
    "scaled_dot_product_attention": (4, 0.0),
}
_RUNNING_MEAN = 3  # argument of batch_norm and instance_norm


def in_eval_mode(kind: str, args: Sequence[object]) -> list[object]:
    """Return an operation's arguments as the same model would give them in eval mode."""
    changed = list(args)
    if kind not in _IN_EVAL:
        return changed
    place, value = _IN_EVAL[kind]
    if kind.endswith("_norm") and changed[_RUNNING_MEAN] is None:
        return changed  # nothing was tracked: it takes the batch's own statistics in both modes
    if place < len(changed):
        changed[place] = value
    return changed


def is_switched_off(kind: str, args: Sequence[object]) -> bool:
    """Tell whether an operation that draws in training does not draw with these arguments."""
    return kind in _IN_EVAL and not is_training(kind, args)


def is_training(kind: str, args: Sequence[object]) -> bool:
    """Tell whether a dropout is active or a normalisation updates its statistics."""
    place, off = _IN_EVAL.get(kind, (0, None))
    return kind in _IN_EVAL and place < len(args) and args[place] != off


def differs_in_eval(training: Mapping[str, Any], evaluating: Mapping[str, Any]) -> bool:
    """Tell whether a model in eval mode computes its outputs by other operations.

    Dropout and normalisation do not count, which in_eval_mode() switches; nor do operations that
    no output depends on.
    """
    return _essence(training) != _essence(evaluating)


def _essence(graph: Mapping[str, Any]) -> list[Any]:
    nodes = {node["name"]: node for node in graph["nodes"]}
    found: list[Any] = []
    places: dict[str, int] = {}  # of nodes in `found`

    def visit(name: str) -> int:
        # Depth first by hand: the graphs of deep networks exceed Python's recursion.
        waiting = [name]
        while waiting:
            node = nodes[waiting[-1]]
            before = [one for one in _sources(node) if one not in places]
            if node["name"] in places or before:
                waiting.extend(before)
                if not before:
                    waiting.pop()
                continue
            waiting.pop()
            if node.get("type") in DROPOUTS:
                places[node["name"]] = places[_sources(node)[0]]
            else:
                places[node["name"]] = len(found)
                found.append(_plain(node, places))
        return places[name]

    outputs = [visit(one["node"]) if "node" in one else one for one in graph["outputs"]]
    return [*found, outputs]


def _sources(node: Mapping[str, Any]) -> list[str]:
    return list(node.get("inputs", ()))


def _plain(node: Mapping[str, Any], places: Mapping[str, int]) -> Any:
    if "args" not in node:
        own = node["name"] if node["op"] == "input" else node.get("target")
        return [node["op"], own, node.get("shape")]
    args = in_eval_mode(node["type"], node["args"])
    while node["type"] in _IN_EVAL and args and args[-1] in (None, False, 0.0):
        args.pop()  # defaults, which an export leaves out
    return [node["op"], _placed(args, places), _placed(node.get("kwargs", {}), places)]


def _placed(value: Any, places: Mapping[str, int]) -> Any:
    if isinstance(value, Mapping):
        if "node" in value:
            return {"node": places[value["node"]]}
        return {key: _placed(item, places) for key, item in value.items()}
    return [_placed(item, places) for item in value] if isinstance(value, list) else value

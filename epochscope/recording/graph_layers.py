"""Reads a described graph: which non-linearity follows each layer, and where values are drawn."""

from collections import deque
from typing import Any

from epochscope.recording.graph_operations import (
    ACTIVATIONS,
    DROPOUTS,
    PASSING,
    PASSING_MODULES,
    RANDOM,
    SHAPING,
)

Nodes = list[dict[str, Any]]

_PRODUCTS = frozenset({"mul", "multiply", "div"})
_SUMS = frozenset({"add", "sub"})


def activations_after(graph: dict[str, Any]) -> dict[str, str]:
    """Return layer name -> the non-linearity its output feeds, past normalisation and dropout."""
    taps = unit_taps(graph)
    by_name = {node["name"]: node for node in graph["nodes"]}
    return {layer: _activation(by_name[tap]) or "" for layer, tap in taps.items()}


def unit_taps(graph: dict[str, Any]) -> dict[str, str]:
    """Return layer name -> node of the last activation of its merged unit, where it has one."""
    users = _users(graph["nodes"])
    taps = {}
    for layer, outputs in _layer_outputs(graph).items():
        found = [tap for output in outputs if (tap := _last_activation(output, users))]
        if found:
            taps[layer] = found[0]
    return taps


def random_nodes(nodes: Nodes) -> list[str]:
    """Name the nodes that draw random values, in the order of their execution."""
    return [node["name"] for node in nodes if node.get("type") in RANDOM]


def find_sampling(nodes: Nodes) -> list[dict[str, Any]]:
    """Find where a drawn value is multiplied and added: random operation, scale, product, mean."""
    users, by_name = _users(nodes), {node["name"]: node for node in nodes}
    found = []
    for name in random_nodes(nodes):
        if by_name[name]["type"] in DROPOUTS:
            continue
        for product in _following(name, users, _PRODUCTS, SHAPING):
            for sample in _following(product["name"], users, _SUMS, SHAPING | _PRODUCTS):
                entry = {"random": name, "product": product["name"], "sample": sample["name"]}
                entry |= _other("scale", product, name, by_name)
                found.append(entry | _other("mean", sample, product["name"], by_name))
    return found


def _other(part: str, node: dict[str, Any], known: str, by_name: dict[str, Any]) -> dict[str, Any]:
    # The operand that does not descend from `known`, and the last parametrised layer feeding it.
    others = [name for name in node["inputs"] if known not in _ancestors(name, by_name)]
    if not others:
        return {part: None, f"{part}_layer": None}
    return {part: others[0], f"{part}_layer": _parametrised(others[0], by_name)}


def _ancestors(name: str, by_name: dict[str, Any]) -> set[str]:
    seen, waiting = {name}, [name]
    while waiting:
        for before in _before(by_name[waiting.pop()], by_name):
            if before not in seen:
                seen.add(before)
                waiting.append(before)
    return seen


def _before(node: dict[str, Any], by_name: dict[str, Any]) -> list[str]:
    if node["op"] == "getitem":  # one of several tensors that were only brought to one shape
        source = by_name[node["args"][0]["node"]]
        if source["type"] == "broadcast_tensors":
            return [source["args"][0][node["args"][1]]["node"]]
    return list(node.get("inputs", ()))


def _parametrised(name: str, by_name: dict[str, Any]) -> str | None:
    waiting, seen = deque([name]), {name}
    while waiting:
        node = by_name[waiting.popleft()]
        before = [by_name[n] for n in _before(node, by_name)]
        if node.get("module") and any(b["op"] == "parameter" for b in before):
            return str(node["module"])
        for other in before:
            if other["name"] not in seen:
                seen.add(other["name"])
                waiting.append(other["name"])
    return None


def _users(nodes: Nodes) -> dict[str, Nodes]:
    users: dict[str, Nodes] = {node["name"]: [] for node in nodes}
    for node in nodes:
        for name in dict.fromkeys(node.get("inputs", ())):
            users[name].append(node)
    return users


def _following(
    name: str, users: dict[str, Nodes], kinds: frozenset[str], through: frozenset[str]
) -> Nodes:
    found, waiting = [], list(users[name])
    while waiting:
        node = waiting.pop(0)
        if node.get("type") in kinds:
            found.append(node)
        elif node.get("type") in through:
            waiting += users[node["name"]]
    return found


def _layer_outputs(graph: dict[str, Any]) -> dict[str, list[str]]:
    # Every module that owns parameters -> the last node of each of its calls.
    owners = {p["name"].rpartition(".")[0] for p in graph["parameters"]}
    owners |= {
        module["name"] for module in graph["modules"] if module["type"] == "MultiheadAttention"
    }
    last: dict[str, dict[int, str]] = {}
    for node in graph["nodes"]:
        owner = _owner(node.get("module", ""), owners)
        if (
            owner is not None
            and "shape" in node
            and node.get("dtype", "").startswith(("float", "bf"))
        ):
            last.setdefault(owner, {})[node.get("call", 1)] = node["name"]
    return {owner: list(calls.values()) for owner, calls in last.items()}


def _owner(module: str, owners: set[str]) -> str | None:
    while module:
        if module in owners:
            return module
        module = module.rpartition(".")[0]
    return None


def _last_activation(name: str, users: dict[str, Nodes]) -> str | None:
    found = None
    while True:
        following = users[name]
        step = next((n for n in following if _activation(n)), None)
        step = step or next((n for n in following if _passes(n)), None)
        if step is None:
            return found
        name = step["name"]
        found = name if _activation(step) else found


def _passes(node: dict[str, Any]) -> bool:
    kind = str(node.get("type", ""))
    return kind in PASSING or (node["op"] == "call" and kind.rstrip("123d") in PASSING_MODULES)


def _activation(node: dict[str, Any]) -> str | None:
    kind = str(node.get("type", ""))
    if node["op"] == "call":
        kind = {"LeakyReLU": "leaky_relu", "PReLU": "prelu", "LogSigmoid": "log_sigmoid"}.get(
            kind, kind.lower()
        )
    if kind == "hardtanh" and node["op"] != "call" and node["args"][1:2] == [0.0]:
        return "relu6"
    return kind if kind in ACTIVATIONS else None

"""Reads the operations of an exported program into plain nodes of our own JSON."""

import base64
import math
import operator
from typing import Any

import torch
from torch.utils import _pytree as pytree

from epochscope.recording.graph_inplace import GraphRefusedError, Versions, View, functional_of

CONSTANT_BYTES = 4 << 20  # all of a graph's constants together

_ATTRIBUTES = ("kernel_size", "stride", "padding", "output_padding", "dilation", "groups")


class NodeReader:
    """Collects the nodes of one exported program, in the order of their execution."""

    def __init__(self, program: torch.export.ExportedProgram, tied: dict[str, str]) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.constants: dict[str, dict[str, Any]] = {}
        self._program = program
        self._tied = tied
        self._versions = Versions(self._emit)
        self._known: dict[torch.fx.Node, Any] = {}  # node -> name, or values of inlined graphs
        self._names: set[str] = set()
        self._source: torch.fx.Node | None = None  # whose module the next node belongs to
        self._autocast: dict[str, Any] | None = None
        self._detached = False  # within torch.no_grad()

    def read(self) -> list[Any]:
        """Read the whole program; returns the encoded outputs."""
        specs = iter(self._program.graph_signature.input_specs)
        placeholders = [n for n in self._program.graph.nodes if n.op == "placeholder"]
        for node, spec in zip(placeholders, specs, strict=True):
            self._read_placeholder(node, spec)
        return list(self._read_graph(self._program.graph_module, self._program.graph))

    def written(self) -> dict[str, str]:
        """Return buffer or input node -> node of its value after the pass, where it changed."""
        kinds = {"buffer", "input", "parameter"}
        return self._versions.changed([n["name"] for n in self.nodes if n["op"] in kinds])

    def _read_placeholder(self, node: torch.fx.Node, spec: Any) -> None:
        kind = spec.kind.name
        op = {"PARAMETER": "parameter", "BUFFER": "buffer", "USER_INPUT": "input"}.get(kind)
        entry: dict[str, Any] = {"name": node.name, "op": op or "constant"}
        if op in {"parameter", "buffer"}:
            entry["target"] = self._tied.get(spec.target, spec.target)
        elif op is None:
            if kind != "CONSTANT_TENSOR":
                raise GraphRefusedError(f"the graph has an input of kind {kind!r}")
            self._add_constant(node.name, self._program.constants[spec.target])
        elif not isinstance(node.meta.get("val"), torch.Tensor):
            entry["value"] = self._encode(getattr(spec.arg, "value", None))
        self._add(node, entry, node.meta.get("val"))

    def _add_constant(self, name: str, tensor: torch.Tensor) -> None:
        held = sum(len(constant["data"]) for constant in self.constants.values())
        if held + tensor.nbytes > CONSTANT_BYTES:
            raise GraphRefusedError(f"constants exceed {CONSTANT_BYTES:,} bytes")
        flat = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        self.constants[name] = {
            "shape": list(tensor.shape),
            "dtype": word(tensor.dtype),
            "data": base64.b64encode(flat.numpy().tobytes()).decode(),
        }

    def _read_graph(self, owner: torch.nn.Module, graph: torch.fx.Graph) -> Any:
        for node in graph.nodes:
            if node.op == "get_attr":
                self._read_attribute(node, owner)
            elif node.op == "call_function":
                self._read_call(node)
            elif node.op == "output":
                return [self._encode(value) for value in node.args[0]]
        raise GraphRefusedError("a graph has no output")

    def _read_attribute(self, node: torch.fx.Node, owner: torch.nn.Module) -> None:
        found = operator.attrgetter(str(node.target))(owner)
        if isinstance(found, torch.fx.GraphModule):
            self._known[node] = found
        elif isinstance(found, torch.Tensor):
            self._add_constant(node.name, found)
            self._add(node, {"name": node.name, "op": "constant"}, found)
        else:
            raise GraphRefusedError(f"the graph reads {node.target!r}, which is no tensor")

    def _read_call(self, node: torch.fx.Node) -> None:
        self._source, target = node, node.target
        if isinstance(target, torch._ops.HigherOrderOperator):
            self._inline(node, str(target))
        elif target is operator.getitem:
            self._read_item(node)
        elif isinstance(target, torch._ops.OpOverload) and target.namespace == "aten":
            if not target._schema.name.startswith("aten::_assert"):  # those compute nothing
                self._read_operation(node, target)
        else:
            raise GraphRefusedError(f"operation {target!s} is none of aten's")

    def _inline(self, node: torch.fx.Node, target: str) -> None:
        before = self._autocast, self._detached
        if target == "wrap_with_set_grad_enabled":
            enabled, inner, *given = node.args
            self._detached = not enabled
        elif target == "wrap_with_autocast":
            device, dtype, enabled, _, inner, *given = node.args
            self._autocast = {"device": device, "dtype": word(dtype), "enabled": enabled}
        else:
            raise GraphRefusedError(f"the graph nests {target!r}")
        module = self._known[inner]  # type: ignore[index]
        names = [n for n in module.graph.nodes if n.op == "placeholder"]
        for placeholder, value in zip(names, given, strict=True):
            self._known[placeholder] = self._known[value]  # type: ignore[index]
        self._known[node] = self._read_graph(module, module.graph)
        self._autocast, self._detached = before

    def _read_item(self, node: torch.fx.Node) -> None:
        source, index = node.args
        held = self._known[source]  # type: ignore[index]
        if isinstance(held, list):  # of an inlined graph: already a node of ours
            self._known[node] = held[operator.index(index)]["node"]  # type: ignore[arg-type]
            return
        entry = {
            "name": node.name,
            "op": "getitem",
            "type": "getitem",
            "args": [self._encode(source), index],
        }
        self._add(node, entry, node.meta.get("val"))

    def _read_operation(self, node: torch.fx.Node, target: Any) -> None:
        args, kwargs = list(node.args), dict(node.kwargs)
        value = node.meta.get("val")
        if target._schema.is_mutable:
            self._write(node, target, args, kwargs)
            return
        encoded = self._encode(args), self._encode(kwargs)
        name = self._emit(node.name, str(target), *encoded, value)
        self._known[node] = name
        self.nodes[-1].update(self._attributes(target, encoded[0]))
        shared = [i for i, a in enumerate(target._schema.arguments) if a.alias_info is not None]
        if shared == [0] and isinstance(value, torch.Tensor) and isinstance(args[0], torch.fx.Node):
            base = args[0]
            view = View(
                self._known[base], str(target), encoded[0][1:], encoded[1], value, base.meta["val"]
            )
            self._versions.add_view(name, view)

    def _write(self, node: torch.fx.Node, target: Any, args: list[Any], kwargs: Any) -> None:
        schema = target._schema.arguments
        written = [i for i, a in enumerate(schema) if a.alias_info and a.alias_info.is_write]
        into = kwargs.pop("out", None) or (args[0] if written == [0] else None)
        if len(written) != 1 or not isinstance(into, torch.fx.Node):
            raise GraphRefusedError(f"operation {target!s} writes to several of its arguments")
        victim, value = self._known[into], into.meta["val"]
        op = str(functional_of(target))
        name = self._emit(node.name, op, self._encode(args), self._encode(kwargs), value)
        others = [
            a.meta.get("val") for a in pytree.tree_leaves(args[1:]) if isinstance(a, torch.fx.Node)
        ]
        if any(isinstance(o, torch.Tensor) and o.dtype != value.dtype for o in others):
            cast = [{"node": name}, {"dtype": word(value.dtype)}]  # in place keeps the dtype
            name = self._emit(node.name, "aten.to.dtype", cast, {}, value)
        self._versions.write(victim, name)
        self._known[node] = victim

    def _emit(self, name: str, op: str, args: list[Any], kwargs: dict[str, Any], value: Any) -> str:
        kind = op.split(".")[1]
        entry = {"name": name, "op": op, "type": kind, "args": args, "kwargs": kwargs}
        return self._add(None, entry, value)

    def _attributes(self, target: Any, args: list[Any]) -> dict[str, Any]:
        # What a convolution or pooling is told, by name; pooling strides by its kernel unless told.
        schema = target._schema.arguments
        bound = {a.name: a.default_value for a in schema if a.has_default_value()}
        bound |= dict(zip([a.name for a in schema], args, strict=False))
        found = {name: bound[name] for name in _ATTRIBUTES if name in bound}
        if "stride" not in found:
            return {}
        kernel = found.pop("kernel_size", None)
        if kernel is None and "weight" in bound:
            weight = bound["weight"]["node"]
            kernel = next(n["shape"] for n in self.nodes if n["name"] == weight)[2:]
        found["stride"] = found["stride"] or kernel
        return {"kernel": kernel, **found}

    def _unused(self, name: str) -> str:
        count, free = 1, name
        while free in self._names:
            count += 1
            free = f"{name}_v{count}"
        return free

    def _add(self, node: torch.fx.Node | None, entry: dict[str, Any], value: Any) -> str:
        entry["name"] = self._unused(entry["name"])
        self._names.add(entry["name"])
        entry.update(_describe(value))
        if "args" in entry:
            entry["inputs"] = _references([entry["args"], entry.get("kwargs", {})])
            entry.update(_place(self._source))
            if self._autocast:
                entry["autocast"] = self._autocast
            if self._detached:
                entry["detached"] = True
        self.nodes.append(entry)
        if node is not None:
            self._known[node] = entry["name"]
        return str(entry["name"])

    def _encode(self, value: Any) -> Any:
        if isinstance(value, torch.fx.Node):
            held = self._known[value]
            if not isinstance(held, str):
                raise GraphRefusedError(f"the graph passes {value.name!r} on, which is no tensor")
            return {"node": self._versions.newest(held)}
        if isinstance(value, dict):
            return {str(key): self._encode(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._encode(item) for item in value]
        return encode_literal(value)


def encode_literal(value: object) -> Any:
    """Encode an argument that is no tensor; floats without a JSON form become {"float": text}."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    for kind in (torch.dtype, torch.device, torch.layout, torch.memory_format):
        if isinstance(value, kind):
            return {kind.__name__: word(value)}
    raise GraphRefusedError(f"the graph has an argument of type {type(value).__name__!r}")


def _describe(value: Any) -> dict[str, Any]:
    if isinstance(value, torch.Tensor):
        return {"shape": [int(size) for size in value.shape], "dtype": word(value.dtype)}
    if isinstance(value, list | tuple):
        return {"shapes": [list(map(int, v.shape)) for v in value if isinstance(v, torch.Tensor)]}
    return {}


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        if isinstance(value.get("node"), str):
            return [value["node"]]
        return [name for item in value.values() for name in _references(item)]
    if isinstance(value, list):
        return [name for item in value for name in _references(item)]
    return []


def _place(node: torch.fx.Node | None) -> dict[str, Any]:
    stack = list(((node.meta.get("nn_module_stack") if node else None) or {}).items())
    if not stack:
        return {"module": "", "call": 1}
    key, (path, _) = stack[-1]
    call = key.rpartition("@")[2] if "@" in key else "0"
    return {"module": path.split("@")[0], "call": int(call) + 1 if call.isdigit() else 1}


def word(value: object) -> str:
    """Return the name of a dtype, device or layout without `torch.`."""
    return str(value).removeprefix("torch.")

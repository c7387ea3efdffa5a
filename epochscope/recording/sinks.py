"""Finds which outputs of a model a loss was computed from, by walking its autograd graph."""

from collections import deque
from collections.abc import Mapping
from typing import Any

import torch

from epochscope.recording.output_tree import name_leaves


class LossSinks:
    """Ties scalars handed to step() to the outputs of the forward pass before it."""

    def __init__(self) -> None:
        self._outputs: list[tuple[str, Any]] = []  # (path, grad_fn)

    def watch(self, outputs: Any, prefix: str = "") -> None:
        """Remember where the outputs of a forward pass stand in the autograd graph.

        Holds that graph until tie() or forget(): call it at one step, not at every one.
        """
        for path, leaf in name_leaves(outputs):
            if isinstance(leaf, torch.Tensor) and leaf.grad_fn is not None:
                self._outputs.append((prefix + path, leaf.grad_fn))

    def forget(self) -> None:
        """Let go of the watched outputs."""
        self._outputs = []

    def tie(self, scalars: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Describe each scalar that has a grad_fn: its name, last operation and source outputs.

        Works before and after backward(). "direct" says that some path to the parameters
        passes by no watched output, as a penalty on weights does.
        """
        sinks = []
        for name, scalar in scalars.items():
            if isinstance(scalar, torch.Tensor) and scalar.grad_fn is not None:
                sinks.append({"name": name, **self._walk(scalar.grad_fn)})
        self.forget()
        return sinks

    def _walk(self, start: Any) -> dict[str, Any]:
        paths: dict[Any, list[str]] = {}
        for path, node in self._outputs:
            paths.setdefault(node, []).append(path)
        found, direct = [], False
        seen, waiting = {start}, deque([start])
        while waiting:
            node = waiting.popleft()
            if node in paths:
                found += paths[node]
                continue  # what lies behind an output is the model's own graph
            direct = direct or hasattr(node, "variable")
            for following, _ in node.next_functions:
                if following is not None and following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return {"operation": start.name(), "outputs": sorted(found), "direct": direct}

"""A sized node as rules read it that make one of its inputs."""

from __future__ import annotations

import math
from typing import Any

from envprobe.models.oplist import Requirement, Tensor
from envprobe.probe.node_sizes import sizes_of

Sizes = tuple[int, ...]


class NodeView:
    """A node whose sizes are all known, with the input `tensor` that is to be made.

    `told` is the node as the model has it.
    """

    def __init__(self, node: Requirement, told: Requirement, tensor: Tensor) -> None:
        self.tensor = tensor
        self.op = node.op
        self.attrs: dict[str, Any] = node.attrs
        self.inputs = {tensor.name: tensor for tensor in node.inputs}
        self.outputs = node.outputs
        self.told = {tensor.name: tensor.shape for tensor in told.inputs}
        self.told_result = told.outputs[0].shape if told.outputs else None

    @property
    def shape(self) -> Sizes:
        """The shape of the input that is to be made."""
        return sizes_of(self.tensor)

    @property
    def is_vector(self) -> bool:
        """Whether it holds several numbers, not one."""
        return bool(self.tensor.shape)

    @property
    def length(self) -> int:
        """How many rows it has; 1 for a single number."""
        return (self.shape or (1,))[0]

    def sizes(self, name: str) -> Sizes:
        """The shape of an input; empty for one that is not there."""
        tensor = self.inputs.get(name)
        return sizes_of(tensor) if tensor else ()

    def value(self, name: str) -> Any:
        """The constant that the model feeds there, None where it is not known."""
        tensor = self.inputs.get(name)
        return tensor.value if tensor else None

    def elements(self, name: str) -> int:
        """How many elements an input has."""
        return math.prod(self.sizes(name))

    def of_list(self, name: str) -> list[Tensor]:
        """The elements of a list input (`values:0`, `values:1` …)."""
        return [tensor for full, tensor in self.inputs.items() if full.startswith(f"{name}:")]

    @property
    def result(self) -> Sizes:
        """The shape of the first output; empty where there is none."""
        return sizes_of(self.outputs[0]) if self.outputs else ()

    def number(self, name: str, default: int) -> int:
        """A single whole number that the model feeds there, or the default."""
        value = self.value(name)
        while isinstance(value, (list, tuple)) and len(value) == 1:
            value = value[0]
        return value if isinstance(value, int) else default

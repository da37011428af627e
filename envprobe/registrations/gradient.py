"""What is registered about the gradient of an op, and what it is computed with."""

from __future__ import annotations

import msgspec

ASKED_DTYPE = "*"  # stands, in a gradient's node, for the dtype that the gradient is asked in


class GradientNode(msgspec.Struct, frozen=True, array_like=True):
    """A node of a gradient: its op, its type attributes, and the device type that the gradient
    itself puts it on; None: the one of the op that is differentiated."""

    op: str
    types: dict[str, str]
    device_type: str | None = None


class GradientNodes(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes that a gradient adds to a graph in some dtypes."""

    dtypes: tuple[str, ...]
    nodes: tuple[GradientNode, ...]


class Gradient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A gradient function, or, not `differentiable`, the declaration that there is none.

    `uses` was found by tracing the function on inputs of unknown shape where it allows that;
    where it could not be traced, `unknown` says why.
    """

    differentiable: bool
    uses: tuple[GradientNodes, ...] = ()
    unknown: str | None = None

    def nodes_in(self, dtype: str) -> tuple[GradientNode, ...] | None:
        """The nodes in that dtype, with the dtype filled in; None where it was not traced."""
        for group in self.uses:
            if dtype in group.dtypes:
                return tuple(_filled(node, dtype) for node in group.nodes)
        return None


def _filled(node: GradientNode, dtype: str) -> GradientNode:
    types = {name: dtype if value == ASKED_DTYPE else value for name, value in node.types.items()}
    return GradientNode(node.op, types, node.device_type)

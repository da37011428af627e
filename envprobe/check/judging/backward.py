"""The gradient cells that ran a backward node: those of the forward op that it belongs to."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from envprobe.check.judging.kind import KINDS, Kind, kind_with
from envprobe.check.judging.matching_cells import Match, gradient_matches
from envprobe.registrations import Registrations
from envprobe.registrations.gradient import GradientNode

# How TensorFlow names the ops that only gradients use; all others have cells of their own.
_NAMED = ("Grad", "Backprop")


@functools.lru_cache(maxsize=KINDS)
def _matches(op: str, key: bytes, dtype: str) -> tuple[Match, ...]:
    return gradient_matches(op, kind_with(key).requirement, dtype)


class Backward:
    """Tells the forward ops of an op list's backward nodes, as their gradients are registered."""

    def __init__(self, ops: Iterable[str], registrations: Registrations | None) -> None:
        gradients = registrations.gradients if registrations else {}
        self._gradients = {op: gradients[op] for op in ops if op in gradients}
        self._by_dtype: dict[str, dict[str, list[tuple[str, GradientNode]]]] = {}

    def matches_of(self, kind: Kind) -> tuple[Match, ...]:
        """The gradient cells of its forward ops that ran such a node, none for other nodes."""
        requirement = kind.requirement
        if not any(name in requirement.op for name in _NAMED):
            return ()
        types = {name: t for name, t in requirement.dtypes.items() if isinstance(t, str)}
        return tuple(
            match
            for dtype in dict.fromkeys(types.values())
            for op, node in self._users(dtype).get(requirement.op, ())
            if op != requirement.op
            if all(types.get(name, value) == value for name, value in node.types.items())
            for match in _matches(op, kind.key, dtype)
        )

    def _users(self, dtype: str) -> dict[str, list[tuple[str, GradientNode]]]:
        """Each op that gradients in this dtype use: the ops whose gradients they are."""
        if dtype not in self._by_dtype:
            users: dict[str, list[tuple[str, GradientNode]]] = {}
            for op, gradient in self._gradients.items():
                for node in gradient.nodes_in(dtype) or ():
                    users.setdefault(node.op, []).append((op, node))
            self._by_dtype[dtype] = users
        return self._by_dtype[dtype]

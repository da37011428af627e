"""The variables of a step: what they hold before it, and what it gives them."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import numpy as np

from .domain import KNOWN, NONE, UNTOLD, Value, of_array, unknown
from .rules import RULES

ASSIGNMENTS = {"AssignVariableOp": "", "AssignAddVariableOp": "AddV2", "AssignSubVariableOp": "Sub"}


class Handle(NamedTuple):
    """A variable that the step captures, by its tensor outside the graph."""

    outside: Any


class Variables:
    """The values of variables by the ids of their handles; None where nobody knows any more.

    `first` are those from before the step, read when they are asked for; passes share them.
    """

    def __init__(self, first: dict[int, Value], now: dict[int, Value | None] | None = None) -> None:
        self._first = first
        self.now = {} if now is None else now

    def copy(self) -> Variables:
        """The same, to go on with apart."""
        return Variables(self._first, dict(self.now))

    def unless_as(self, other: Variables) -> None:
        """Nobody knows what differs after the one branch and after the other."""
        for key in {*self.now, *other.now}:
            if self.now.get(key) is not other.now.get(key):
                self.now[key] = None

    def read(self, handle: Handle, op: Any) -> Value:
        """What the variable holds now; `op` says as which dtype it is read."""
        key = id(handle.outside)
        if key in self.now:
            return self.now[key] or unknown(KNOWN)
        if key not in self._first:
            self._first[key] = _at_first(handle, op)
        return self._first[key]

    def lose(self, op: Any, inputs: list[Any]) -> None:
        """A node that may change what it is given, in ways that are not followed."""
        surely = [one for one in inputs if isinstance(one, Value) and one.bad]
        value = None
        if op.type.startswith("ResourceApply") and surely:
            # An optimizer's own op carries what is not finite into the variable.
            value = unknown(UNTOLD)._replace(bad=surely[0].bad, origin=surely[0].origin)
        for one in inputs:
            if isinstance(one, Handle):
                self.now[id(one.outside)] = value


def assigned(op: Any, before: Value, change: Value) -> Value:
    """What the variable holds after an assignment."""
    kind = ASSIGNMENTS[op.type]
    if not kind:
        return change
    if before.array is not None and change.array is not None:
        sign = 1 if kind == "AddV2" else -1
        with np.errstate(all="ignore"):
            now = (before.array + sign * change.array).astype(before.array.dtype)
        return of_array(now, change.data)
    return RULES[kind](_Step(op, kind), [before, change])


class _Step:
    """An assignment as the op that it does; its first operand is the variable."""

    def __init__(self, op: Any, kind: str) -> None:
        self.type = kind
        self.inputs = list(op.inputs)
        self.outputs = [op.inputs[1]]


def _at_first(handle: Handle, op: Any) -> Value:
    with contextlib.suppress(Exception):  # not initialised, or no variable
        from tensorflow.python.ops import gen_resource_variable_ops as variables

        held = variables.read_variable_op(handle.outside, op.get_attr("dtype"))
        return of_array(np.asarray(held))
    return unknown(KNOWN)


def rows_of(table: Value, ids: Value) -> Value:
    """The rows of a table that ids choose."""
    if table.array is None or ids.array is None or not ids.array.size:
        return table._replace(array=None, nan=NONE, bad=NONE, data=ids.data)
    if ids.low < 0 or ids.high >= len(table.array):
        return unknown(ids.data)
    return of_array(table.array[ids.array], ids.data)

"""Walks the nodes of a step in their order and keeps what is known of each tensor's values."""

from __future__ import annotations

from operator import is_
from typing import Any, Callable, NamedTuple

import numpy as np

from ..model.functions import definition_of, fed_shapes, graph_of, live_nodes, must_compile
from .domain import KNOWN, UNTOLD, Value, either, of_array, unknown
from .faults import (
    FAULTY,
    Fault,
    fault_of,
    fault_of_refusal,
    may_point_outside,
    pointer,
    single_class,
)
from .kernel import RANDOM, Kernels, RaisedError
from .node import Place, array_of, constant_of, depends_on, shape_of, taken_branch, with_origin
from .rules import RULES
from .variables import ASSIGNMENTS, Handle, Variables, assigned, rows_of

_CALLS = frozenset(("PartitionedCall", "StatefulPartitionedCall"))
_BRANCHES = frozenset(("If", "StatelessIf"))
_CPU_KERNELS = frozenset(("assertion", "argument", "sizes"))  # XLA compiles others, or says so


class Found(NamedTuple):
    """A fault and where it is."""

    fault: Fault
    place: Place
    data: int


class Memory:
    """What passes over the same step share: most of what they compute is the same."""

    def __init__(self) -> None:
        self.graphs: dict[Any, Any] = {}
        self.compiled: dict[str, bool] = {}
        self.live: dict[int, list[Any]] = {}
        self.variables: dict[int, Value] = {}
        self.spans: dict[Place, tuple[float, float]] = {}
        self.done: dict[Any, dict[Any, tuple[list[Any], list[Value]]]] = {}
        self.outside = False  # some labels or indices may have no class or row


class Walk:
    """One pass over a step with one batch: the bounds told of it, or a sample."""

    def __init__(
        self,
        tf: Any,
        kernels: Kernels,
        library: dict[str, Any],
        *,
        sampling: bool,
        memory: Memory,
        compiled: bool = False,
    ) -> None:
        from tensorflow.python.framework import op_def_registry

        self._tf = tf
        self._kernels = kernels
        self._library = library
        self._sampling = sampling
        self._memory = memory
        self._definition = op_def_registry.get
        self._graphs = memory.graphs
        self._open: list[str] = []
        self._compiled = compiled
        self.faults: list[Found] = []
        self.possible: list[Found] = []
        self.variables = Variables(memory.variables)

    def run(self, graph: Any, given: dict[int, Any], calls: tuple[Any, ...] = (), *,
            certain: bool = True, effects: bool = True) -> list[Any]:  # fmt: skip
        """The values of the graph's outputs; `given` are those of its inputs, by their ids."""
        known = dict(given)
        nobody = unknown(UNTOLD)
        done = self._memory.done.setdefault(calls, {})
        for op, inputs, outputs in self._live(graph, effects):
            if outputs and outputs[0] in known:  # an input of the graph
                continue
            values = [known.get(one, nobody) for one in inputs]
            before = done.get(op)
            if before is not None and all(map(is_, before[0], values)):
                found = before[1]
            else:
                found = self._node(op, values, Place(op, calls), certain)
            known.update(zip(outputs, found))
        return [known.get(id(one), nobody) for one in graph.outputs]

    def _live(self, graph: Any, effects: bool) -> list[Any]:
        """The nodes that run, each with its inputs and outputs; asking TensorFlow is slow."""
        if id(graph) not in self._memory.live:
            definition = self._definition if effects else None
            self._memory.live[id(graph)] = [
                (op, [id(one) for one in op.inputs], [id(one) for one in op.outputs])
                for op in live_nodes(graph, definition)
            ]
        return self._memory.live[id(graph)]

    def _node(self, op: Any, inputs: list[Any], place: Place, certain: bool) -> list[Any]:
        try:
            if op.type == "Const":
                found = [constant_of(self._tf, op)]
                self._memory.done[place.calls][op] = ([], found)
                return found
            return self._way(op, inputs)(op, inputs, place, certain)
        except Exception:  # nothing is known then; a fault of ours must not hide the op list
            return self._anything(op, [one for one in inputs if isinstance(one, Value)])

    def _way(self, op: Any, inputs: list[Any]) -> Callable[..., list[Any]]:
        if op.type in _CALLS:
            return self._call
        if op.type in _BRANCHES:
            return self._branch
        if any(isinstance(one, Handle) for one in inputs):
            return self._with_variable
        if any(one.dtype == self._tf.resource for one in op.inputs):
            return lambda op, *_: self._anything(op, [])
        return self._computed

    def _computed(self, op: Any, inputs: list[Value], place: Place, certain: bool) -> list[Value]:
        data = depends_on(op, inputs)
        if op.type in FAULTY:
            points = pointer(op, inputs)
            if points is not None:
                self._widen_span(place, points)
                self._memory.outside |= may_point_outside(op, inputs)
            self._note(
                fault_of(op, inputs), place, data if points is None else points.data, certain
            )
            narrow = single_class(op, inputs)
            if narrow is not None:
                self.possible.append(Found(narrow, place, data))
        noted = len(self.faults)
        found = self._exactly(op, inputs, place, certain) or self._by_rule(op, inputs, place, data)
        # A fault is told each time; nothing random is known of the batch itself.
        told = op.type in FAULTY or len(self.faults) > noted
        if certain and not told and (self._sampling or op.type not in RANDOM):
            self._memory.done[place.calls][op] = (inputs, found)
        return found

    def _exactly(
        self, op: Any, inputs: list[Value], place: Place, certain: bool
    ) -> list[Value] | None:
        """What the kernel itself gives, where all of the inputs are known."""
        data = depends_on(op, inputs)
        if not self._kernels.can_run(op, sampling=self._sampling):
            return None
        arrays = []
        for one, tensor in zip(inputs, op.inputs):
            array = array_of(one, tensor)
            if array is None:
                return None
            arrays.append(array)
        try:
            found = self._kernels.run(op, arrays)
        except RaisedError as error:
            whole = [
                one.data for one, tensor in zip(inputs, op.inputs) if not tensor.dtype.is_floating
            ]
            fault = fault_of_refusal(op, inputs, str(error))
            self._note(fault, place, max(whole, default=data), certain)
            return self._anything(op, inputs)
        if found is None:
            return None
        return [with_origin(of_array(one, data), inputs, place) for one in found]

    def _by_rule(self, op: Any, inputs: list[Value], place: Place, data: int) -> list[Value]:
        if op.type in ("Shape", "Size") and op.inputs[0].shape.is_fully_defined():
            return [shape_of(op)]
        rule = RULES.get(op.type)
        if rule is None or not inputs:
            return self._anything(op, inputs)
        with np.errstate(all="ignore"):
            value = rule(op, inputs)._replace(origin=None)
        value = with_origin(value._replace(data=max(data, value.data)), inputs, place)
        return [value] * len(op.outputs)

    def _anything(self, op: Any, inputs: list[Any]) -> list[Value]:
        data = max([one.data for one in inputs if isinstance(one, Value)], default=KNOWN)
        found = [unknown(data)] * len(op.outputs)
        return [
            Value(0, 1, None, False, data=data) if tensor.dtype == self._tf.bool
            else one._replace(may_nan=not tensor.dtype.is_integer)
            for one, tensor in zip(found, op.outputs)
        ]  # fmt: skip

    def _widen_span(self, place: Place, points: Value) -> None:
        """Keep which labels or indices come by in any of the samples."""
        if not self._sampling or points.is_empty:
            return
        low, high = self._memory.spans.get(place, (points.low, points.high))
        self._memory.spans[place] = (min(low, points.low), max(high, points.high))

    def _note(self, fault: Fault | None, place: Place, data: int, certain: bool) -> None:
        """Keep a fault; XLA leaves checks out, and takes another index for one outside."""
        if fault is None or (self._compiled and fault.kind in _CPU_KERNELS):
            return
        if self._compiled and fault.kind == "index":
            self.possible.append(Found(fault, place, data))
        elif certain:
            self.faults.append(Found(fault, place, data))

    def _call(self, op: Any, inputs: list[Any], place: Place, certain: bool) -> list[Any]:
        return self._function(op, op.node_def.attr["f"].func.name, inputs, place, certain)

    def _function(
        self, op: Any, name: str, inputs: list[Any], place: Place, certain: bool
    ) -> list[Any]:
        inner = self._graph(op, name)
        if inner is None:
            return self._forget(op, inputs)
        self._open.append(name)
        before = self._compiled
        self._compiled = before or self._is_compiled(op, name)
        try:
            given = {id(one): value for one, value in zip(inner.inputs, inputs)}
            return self.run(inner, given, (*place.calls, op), certain=certain)
        finally:
            self._open.pop()
            self._compiled = before

    def _is_compiled(self, op: Any, name: str) -> bool:
        """Whether XLA compiles the function, by its own attribute or its call's."""
        if name not in self._memory.compiled:
            definition = self._library.get(name) or definition_of(op.graph._get_function(name))
            attr = definition.attr
            own = "_XlaMustCompile" in attr and attr["_XlaMustCompile"].b
            self._memory.compiled[name] = bool(own or must_compile(op.node_def))
        return self._memory.compiled[name]

    def _graph(self, op: Any, name: str) -> Any:
        if name in self._open:
            return None
        shapes = fed_shapes(op) if op.type in _CALLS else None
        if (name, shapes) not in self._graphs:
            function = None if name in self._library else op.graph._get_function(name)
            inner = getattr(function, "graph", None)
            definition = self._library.get(name) or definition_of(function)
            self._graphs[name, shapes] = inner or graph_of(self._tf, op.graph, definition, shapes)
        return self._graphs[name, shapes]

    def _branch(self, op: Any, inputs: list[Any], place: Place, certain: bool) -> list[Any]:
        which, rest = inputs[0], inputs[1:]
        names = [op.node_def.attr[name].func.name for name in ("then_branch", "else_branch")]
        taken = taken_branch(which)
        if taken is not None:
            return self._function(op, names[0 if taken else 1], rest, place, certain)
        before = self.variables.copy()
        yes = self._function(op, names[0], rest, place, certain=False)
        after, self.variables = self.variables, before
        no = self._function(op, names[1], rest, place, certain=False)
        self.variables.unless_as(after)
        return [
            either(one, other) if isinstance(one, Value) and isinstance(other, Value) else one
            for one, other in zip(yes, no)
        ]

    def _with_variable(self, op: Any, inputs: list[Any], place: Place, certain: bool) -> list[Any]:
        handle = inputs[0]
        if not isinstance(handle, Handle):
            return self._forget(op, inputs)
        if op.type in ("Identity", "ReadVariableOp"):
            return [handle if op.type == "Identity" else self.variables.read(handle, op)]
        if op.type == "ResourceGather":
            self._widen_span(place, inputs[1])
            self._note(fault_of(op, inputs), place, inputs[1].data, certain)
            return [rows_of(self.variables.read(handle, op), inputs[1])]
        if op.type in ASSIGNMENTS:
            before = self.variables.read(handle, op)
            now = assigned(op, before, inputs[1])
            self.variables.now[id(handle.outside)] = with_origin(now, [before, inputs[1]], place)
            return []
        return self._forget(op, inputs)

    def _forget(self, op: Any, inputs: list[Any]) -> list[Value]:
        """What a node may do to the variables that it is given, unless it only reads them."""
        self.variables.lose(op, inputs)
        return self._anything(op, inputs)

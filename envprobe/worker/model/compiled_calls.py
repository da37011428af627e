"""Which parts of a traced step XLA has to compile, and what each of them is called with."""

from __future__ import annotations

from typing import Any, NamedTuple

from .functions import called_functions, definition_of, live_nodes, must_compile

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_BRANCHES = ("If", "StatelessIf", "Case", "StatelessCase")  # their first input only chooses
_LOOPS = ("While", "StatelessWhile")
Held = dict[str, Any]  # the names of a graph's inputs, and the values that are known of them


class CompiledCall(NamedTuple):
    """One function that XLA compiles as a whole.

    `inputs` are pairs of its symbolic input and, for what the step holds, as its variables, the
    value itself. `node` is the node that calls it, empty where the whole step is compiled.
    """

    name: str
    graph: Any
    inputs: list[tuple[Any, Any]]
    node: str = ""


def compiled_calls(concrete: Any, *, whole: bool) -> list[CompiledCall]:
    """Each function once, in the order of the calls; those that they call are part of them."""
    graph, held = concrete.graph, _held(concrete)
    inputs = getattr(graph, "inputs", None)
    if inputs is None:
        return []
    if whole:
        name = concrete.name
        name = name.decode() if isinstance(name, bytes) else name
        return [CompiledCall(name, graph, [(one, held.get(one.name)) for one in inputs])]
    found: dict[str, CompiledCall] = {}
    _collect(graph, held, found, set())
    return list(found.values())


def _held(concrete: Any) -> Held:
    """What the step captured: the handles of its variables and its constants."""
    values = list(getattr(concrete, "captured_inputs", None) or [])
    if not values:
        return {}
    return {one.name: value for one, value in zip(concrete.inputs[-len(values) :], values)}


def _collect(graph: Any, held: Held, found: dict[str, CompiledCall], seen: set[str]) -> None:
    from tensorflow.python.framework import op_def_registry

    for op in live_nodes(graph, op_def_registry.get):
        node = op.node_def
        for name in called_functions(node):
            if name in seen or not graph._is_function(name):
                continue
            seen.add(name)
            function = graph._get_function(name)
            inner = getattr(function, "graph", None)
            if inner is None:
                continue
            passed = _passed(op)
            values = {
                one.name: held[given.name]
                for one, given in zip(inner.inputs, passed)
                if given.name in held
            }
            if must_compile(node) or must_compile_itself(function):
                inputs = [(given, values.get(one.name)) for one, given in zip(inner.inputs, passed)]
                found[name] = CompiledCall(name, inner, inputs, op.name)
            else:
                _collect(inner, values, found, seen)


def must_compile_itself(function: Any) -> bool:
    """Whether the function says of itself that XLA has to compile it."""
    attr = definition_of(function).attr
    return "_XlaMustCompile" in attr and attr["_XlaMustCompile"].b


def _passed(op: Any) -> list[Any]:
    """The inputs of a node that are those of the function that it calls."""
    inputs = list(op.inputs)
    if op.type in _BRANCHES:
        return inputs[1:]
    return inputs if op.type in _CALLS or op.type in _LOOPS else []

"""From a traced function to its nodes: how often each op stands there in which types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import op_def_registry


def node_counts(function: Any) -> Counter[str]:
    """How often each node text occurs in a concrete function and in all that it may call.

    Each node of each function counts once, however often the function is called.
    """
    graph = function.graph.as_graph_def()
    library = {found.signature.name: found for found in graph.library.function}
    counts = Counter(node_text(node) for node in graph.node)
    for name in sorted(_reachable(graph.node, library)):
        counts.update(node_text(node) for node in library[name].node_def)
    return counts


def node_text(node: Any) -> str:
    """`Cast SrcT=float32 DstT=float16`: the op and its type attributes as its definition has them.

    Lists of types and types inside functions are left out.
    """
    definition = op_def_registry.get(node.op)
    if definition is None:  # the call of a function by its own name
        return "PartitionedCall"
    types = [attr for attr in definition.attr if attr.type == "type"]
    named = [f"{attr.name}={_dtype(node.attr[attr.name].type, attr)}" for attr in types]
    return " ".join([node.op, *named])


def _dtype(number: int, attr: Any) -> str:
    return str(tf.dtypes.as_dtype(number or attr.default_value.type).name)


def typed_inputs(ops: Iterable[str]) -> dict[str, dict[str, str]]:
    """By op, which type attribute the dtype of each input is, where it is one."""
    definitions = {op: op_def_registry.get(op) for op in sorted(set(ops))}
    return {
        op: {
            argument.name: argument.type_attr for argument in found.input_arg if argument.type_attr
        }
        for op, found in definitions.items()
        if found is not None
    }


def _reachable(nodes: Iterable[Any], library: dict[str, Any]) -> set[str]:
    """The functions that these nodes call, and those that they call."""
    found: set[str] = set()
    waiting = [name for node in nodes for name in _called(node)]
    while waiting:
        name = waiting.pop()
        if name in library and name not in found:
            found.add(name)
            waiting += [called for node in library[name].node_def for called in _called(node)]
    return found


def _called(node: Any) -> Iterator[str]:
    yield node.op
    for value in node.attr.values():
        if value.HasField("func"):
            yield value.func.name
        yield from (function.name for function in value.list.func)

"""The functions of a graph: which nodes call which, which of them run, with which shapes."""

from __future__ import annotations

from typing import Any


def live_nodes(graph: Any, definition: Any) -> list[Any]:
    """The nodes that a run executes: those that an output or, where `definition` tells the ops'
    definitions, a side effect needs.
    """
    ops = graph.get_operations()
    outputs = getattr(graph, "outputs", None)
    if outputs is None:
        return list(ops)
    waiting = [tensor.op for tensor in outputs if getattr(tensor, "graph", None) is graph]
    waiting += getattr(graph, "control_outputs", [])
    if definition is not None:
        waiting += [op for op in ops if _has_effect(definition(op.type))]
    seen = set()
    while waiting:
        op = waiting.pop()
        if op.name not in seen:
            seen.add(op.name)
            waiting += [tensor.op for tensor in op.inputs]
            waiting += op.control_inputs
    return [op for op in ops if op.name in seen]


def _has_effect(definition: Any) -> bool:
    return definition is not None and definition.is_stateful


def called_functions(node: Any) -> list[str]:
    """The names of functions that a node may call, its own op's among them."""
    names = [node.op]
    for value in node.attr.values():
        if value.HasField("func"):
            names.append(value.func.name)
        names += [function.name for function in value.list.func]
    return names


def must_compile(node: Any) -> bool:
    """Whether XLA has to compile what the node calls."""
    return "_XlaMustCompile" in node.attr and node.attr["_XlaMustCompile"].b


def definition_of(function: Any) -> Any:
    """The FunctionDef of a function that a graph holds."""
    return getattr(function, "cached_definition", None) or function.definition


def fed_shapes(op: Any) -> tuple[Any, ...]:
    """The shapes that a call passes on; a saved function does not know them itself."""
    return tuple(
        None if one.dtype == "resource" or one.shape.rank is None else tuple(one.shape.as_list())
        for one in op.inputs
    )


def _without_own_shapes(definition: Any, shapes: Any) -> Any:
    """The function without the shapes of arguments that it was saved with: the batch was open."""
    cut = type(definition)()
    cut.CopyFrom(definition)
    for at, shape in enumerate(shapes or ()):
        if shape is not None and at in cut.arg_attr:
            cut.arg_attr[at].attr.pop("_output_shapes", None)
    return cut


def _known(tf: Any, shapes: Any) -> Any:
    return (
        None if shapes is None else [None if one is None else tf.TensorShape(one) for one in shapes]
    )


def graph_of(tf: Any, outer: Any, definition: Any, shapes: Any) -> Any:
    """The graph of a function that is known by its definition only, called with these shapes."""
    from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

    with outer.as_default():
        return function_def_to_graph(
            _without_own_shapes(definition, shapes), input_shapes=_known(tf, shapes)
        )

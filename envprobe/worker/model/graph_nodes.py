"""From a concrete function to what it requires: each kind of node, how often and where."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

from .functions import (
    called_functions,
    definition_of,
    fed_shapes,
    graph_of,
    live_nodes,
    must_compile,
)
from .lines import UserLines
from .scopes import Scopes

Answer = dict[str, Any]
Key = tuple[Any, ...]
_MOST_PLACES = 8
_MOST_ELEMENTS = 32  # of a constant that may decide: axes, paddings, shapes
_MOST_CHARACTERS = 64
# Calls are replaced by what they call; the rest does nothing on a device.
_CALLS = frozenset(("PartitionedCall", "StatefulPartitionedCall"))
_NOT_RUN = frozenset(("Placeholder", "NoOp", "PlaceholderWithDefault"))
_UNIMPORTANT = {
    "shared_name", "container", "seed", "seed2", "debug_name", "config", "config_proto",
    "executor_type", "validate_shape", "_class", "_output_shapes", "message", "metadata",
    "_cloned", "parallel_iterations", "value", "name", "device_ordinal", "reduction_type",
}  # fmt: skip


class Context(NamedTuple):
    """What the nodes of a function inherit from the node that calls it."""

    direction: str = "forward"
    layer: str | None = None
    compiled: bool = False


class Found(NamedTuple):
    """One kind of node in one execution of a function."""

    times: int
    places: dict[tuple[Any, ...], None]


def requirements_of(
    tf: Any, concrete: Any, model: Any, lines: UserLines | None, *, compiled: bool = False
) -> tuple[list[Answer], int]:
    """What a concrete function and all that it calls require, and how many nodes these are.

    `compiled`: XLA compiles the whole. Without `lines` no stack is read, which takes a third of
    the time.
    """
    reader = _Reader(tf, Scopes(model), lines, getattr(concrete, "library", {}))
    # A saved graph is run for its outputs only; the rest of it makes and restores variables.
    effects = not getattr(concrete, "only_outputs", False)
    found = reader.read(concrete.graph, Context(compiled=compiled), effects=effects)
    answers = [_answer(key, one) for key, one in found.items()]
    return answers, sum(one.times for one in found.values())


class _Reader:
    def __init__(
        self, tf: Any, scopes: Scopes, lines: UserLines | None, library: dict[str, Any]
    ) -> None:
        from tensorflow.python.framework import op_def_registry, tensor_util

        self._tf = tf
        self._definition = op_def_registry.get
        self._constant = tensor_util.MakeNdarray
        self._scopes = scopes
        self._lines = lines
        self._library = library  # definitions of functions that came with a saved graph
        self._read: dict[tuple[Any, ...], dict[Key, Found]] = {}
        self._open: set[str] = set()

    def read(self, graph: Any, context: Context, *, effects: bool = True) -> dict[Key, Found]:
        """The nodes of one execution of the graph, those of the functions it calls included."""
        found: dict[Key, Found] = {}
        for op in live_nodes(graph, self._definition if effects else None):
            place = self._context(op, context)
            node = op.node_def
            called = [name for name in called_functions(node) if self._has_function(graph, name)]
            for name in called:
                inner = place._replace(compiled=place.compiled or must_compile(node))
                shapes = fed_shapes(op) if op.type in _CALLS or op.type == name else None
                for key, one in self._function(graph, name, inner, shapes).items():
                    _add(found, key, one)
            if op.type in _CALLS or op.type in called:
                if not called:
                    raise LookupError(f"the function that {op.name} calls is not in the graph")
                continue
            if op.type not in _NOT_RUN:
                key = self._key(op, node, place)
                _add(found, key, Found(1, {self._place(op, place): None}))
        return found

    def _has_function(self, graph: Any, name: str) -> bool:
        return name in self._library or bool(graph._is_function(name))

    def _function(self, graph: Any, name: str, context: Context, shapes: Any) -> dict[Key, Found]:
        """What one call of the function requires; a function that calls itself counts once."""
        if name in self._open:
            return {}
        at = (name, context, shapes)
        if at not in self._read:
            self._open.add(name)
            try:
                self._read[at] = self._of_function(graph, name, context, shapes)
            finally:
                self._open.discard(name)
        return self._read[at]

    def _of_function(
        self, graph: Any, name: str, context: Context, shapes: Any
    ) -> dict[Key, Found]:
        function = None if name in self._library else graph._get_function(name)
        definition = self._library.get(name) or definition_of(function)
        if "_XlaMustCompile" in definition.attr and definition.attr["_XlaMustCompile"].b:
            context = context._replace(compiled=True)
        if name.startswith("__backward"):
            context = context._replace(direction="gradient")
        inner = getattr(function, "graph", None)
        if inner is None:
            inner = graph_of(self._tf, graph, definition, shapes)
        return self.read(inner, context)

    def _context(self, op: Any, context: Context) -> Context:
        direction, layer = self._scopes.of(op.name)
        return Context(
            direction=direction or context.direction,
            layer=layer or context.layer,
            compiled=context.compiled,
        )

    def _place(self, op: Any, context: Context) -> tuple[Any, ...]:
        if self._lines is None:
            return (context.layer, None, None)
        line = None
        with contextlib.suppress(AttributeError, TypeError):
            line = self._lines.innermost_of(op.traceback)
        layer = self._scopes.layers.get(context.layer or "")
        if layer is not None and (line is None or line[2] in ("train_step", "predict_step")):
            line = self._lines.created_at(layer) or line
        return (context.layer, line[0] if line else None, line[1] if line else None)

    def _key(self, op: Any, node: Any, context: Context) -> Key:
        definition = self._definition(op.type)
        dtypes, attrs = self._attributes(node, definition)
        inputs = self._arguments(node, definition.input_arg if definition else (), op.inputs)
        outputs = self._arguments(node, definition.output_arg if definition else (), op.outputs)
        device = _device_type(op.device)
        return (
            op.type,
            dtypes,
            attrs,
            inputs,
            outputs,
            context.direction,
            context.compiled,
            device,
        )

    def _attributes(self, node: Any, definition: Any) -> tuple[Any, Any]:
        dtypes: list[tuple[str, Any]] = []
        attrs: list[tuple[str, Any]] = []
        for attr in definition.attr if definition else ():
            if attr.name in _UNIMPORTANT or attr.name not in node.attr:
                continue
            value = node.attr[attr.name]
            if attr.type == "type":
                dtypes.append((attr.name, self._dtype(value.type)))
            elif attr.type == "list(type)":
                dtypes.append((attr.name, tuple(map(self._dtype, value.list.type))))
            else:
                plain = _plain(attr.type, value)
                if plain is not None:
                    attrs.append((attr.name, plain))
        return tuple(dtypes), tuple(attrs)

    def _arguments(self, node: Any, arguments: Any, tensors: Any) -> tuple[Any, ...]:
        """Each tensor under its argument's name, those of a list as `values:0`, `values:1` …"""
        found, at = [], 0
        for argument in arguments:
            count, listed = _count(argument, node)
            for index in range(count):
                if at < len(tensors):
                    name = f"{argument.name}:{index}" if listed else argument.name
                    found.append((name, *self._tensor(tensors[at])))
                at += 1
        return tuple(found)

    def _tensor(self, tensor: Any) -> tuple[Any, ...]:
        shape = tensor.shape
        sizes = None if shape.rank is None else tuple(shape.as_list())
        return tensor.dtype.base_dtype.name, sizes, self._value(tensor)

    def _value(self, tensor: Any) -> Any:
        """The value of a small constant of whole numbers; None for anything else."""
        if tensor.op.type != "Const" or not (tensor.dtype.is_integer or tensor.dtype.is_bool):
            return None
        if (tensor.shape.num_elements() or 0) > _MOST_ELEMENTS:
            return None
        values = self._constant(tensor.op.node_def.attr["value"].tensor).tolist()
        return _frozen(values)

    def _dtype(self, number: int) -> str:
        return str(self._tf.as_dtype(number).name) if number else "unknown"


def _count(argument: Any, node: Any) -> tuple[int, bool]:
    if argument.number_attr:
        return int(node.attr[argument.number_attr].i), True
    if argument.type_list_attr:
        return len(node.attr[argument.type_list_attr].list.type), True
    return 1, False


def _plain(kind: str, value: Any) -> Any:
    """An attribute as a plain value; None for one that no kernel decides by."""
    if kind == "string":
        text = value.s.decode("utf-8", "replace")
        return text if len(text) <= _MOST_CHARACTERS else None
    if kind in ("int", "bool", "float"):
        return getattr(value, kind[0])
    if kind in ("list(int)", "list(bool)", "list(float)"):
        return tuple(getattr(value.list, kind[5])[:_MOST_ELEMENTS])
    if kind == "list(string)":
        texts = [item.decode("utf-8", "replace")[:_MOST_CHARACTERS] for item in value.list.s]
        return tuple(texts[:_MOST_ELEMENTS])
    return None


def _frozen(values: Any) -> Any:
    return tuple(map(_frozen, values)) if isinstance(values, list) else values


def _device_type(device: str) -> str | None:
    """The kind of device that the user's code asks for, as `CPU`.

    `/job:localhost/replica:0/task:0`, which TensorFlow gives Python functions, asks for none.
    """
    _, asked, rest = (device or "").upper().rpartition("/DEVICE:")
    return rest.split(":")[0] or None if asked else None


def _add(found: dict[Key, Found], key: Key, more: Found) -> None:
    before = found.get(key)
    if before is None:
        found[key] = Found(more.times, dict(more.places))
        return
    for place in more.places:
        if len(before.places) < _MOST_PLACES:
            before.places[place] = None
    found[key] = Found(before.times + more.times, before.places)


def _answer(key: Key, found: Found) -> Answer:
    op, dtypes, attrs, inputs, outputs, direction, compiled, device = key
    return {
        "op": op,
        "dtypes": dict(dtypes),
        "attrs": dict(attrs),
        "inputs": [_tensor_answer(*one) for one in inputs],
        "outputs": [_tensor_answer(*one) for one in outputs],
        "direction": direction,
        "compiled": compiled,
        "device": device,
        "count": found.times,
        "places": [{"layer": a, "file": b, "line": c} for a, b, c in found.places],
    }


def _tensor_answer(name: str, dtype: str, shape: Any, value: Any) -> Answer:
    return {"name": name, "dtype": dtype, "shape": shape, "value": value}

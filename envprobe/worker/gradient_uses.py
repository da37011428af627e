"""Which ops a gradient is computed with: its function is traced, and what it added is read.

The ops that a gradient needs are nowhere declared. Here each op is put into a graph with
placeholders for its inputs, and its gradient function is called on it, once for each dtype.
"""

from __future__ import annotations

import itertools
from typing import Any

from .attributes import dtype_name

Answer = dict[str, Any]
ASKED = ("float16", "bfloat16", "float32", "float64", "complex64")
# Placeholders first of unknown shape, which is what leads a gradient through all that it may
# need; then of every rank, for shape functions that insist on one.
RANKS = (None, 4, 5, 2, 3, 1)
STATISTICS = "float32"  # which batch normalization keeps whatever it normalizes
SIDE = 2  # of every dimension: square matrices suit nearly all
SAME = "*"  # in place of a dtype: the one that the gradient was asked in
LEFT_OUT = ("Placeholder", "NoOp")
# What no general rule can make up: values of attributes, and the shapes of single inputs.
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "Einsum": {"equation": b"ab,bc->ac", "N": 2},
    "RaggedTensorToTensor": {"row_partition_types": [b"ROW_SPLITS"]},
    "XlaEinsum": {"equation": b"ab,bc->ac"},
}
SHAPES: dict[str, dict[str, list[int]]] = {
    "BatchToSpaceND": {"block_shape": [2], "crops": [2, 2]},
    "ImageProjectiveTransformV2": {"images": [2] * 4, "transforms": [2, 8], "output_shape": [2]},
    "ImageProjectiveTransformV3": {"images": [2] * 4, "transforms": [2, 8], "output_shape": [2]},
    "SpaceToBatchND": {"block_shape": [2], "paddings": [2, 2]},
}


def gradient_uses(definition: Any) -> Answer:
    """`uses`: lists of nodes, each with the dtypes whose gradients it is computed with.

    A node is an op, its type attributes, and the device type that the gradient function itself
    puts it on, or None. Where no dtype could be traced, `unknown` says why.
    """
    found: dict[str, list[list[Any]]] = {}
    reason = "it takes no floating-point dtype"
    for dtype in _dtypes_of(definition):
        nodes, reason = _trace(definition, dtype)
        if nodes is not None:
            found[dtype] = nodes
    if not found:
        return {"unknown": reason}
    groups: dict[str, Answer] = {}
    for dtype, nodes in found.items():
        group = groups.setdefault(repr(nodes), {"dtypes": [], "nodes": nodes})
        group["dtypes"].append(dtype)
    return {"uses": list(groups.values())}


def _dtypes_of(definition: Any) -> list[str]:
    types = [attr for attr in definition.attr if attr.type == "type"]
    open_to_all = [attr for attr in types if not attr.HasField("allowed_values")]
    if not types or open_to_all:
        return list(ASKED)
    allowed = {dtype_name(t) for attr in types for t in attr.allowed_values.list.type}
    return [dtype for dtype in ASKED if dtype in allowed]


def _trace(definition: Any, dtype: str) -> tuple[list[list[Any]] | None, str]:
    reasons = []
    for other, rank in itertools.product(dict.fromkeys((dtype, STATISTICS)), RANKS):
        try:
            return _nodes(definition, dtype, other, rank), ""
        except Exception as error:  # noqa: PERF203  the next rank may do
            reasons.append(f"{type(error).__name__}: {error}".split("\n", 1)[0][:200])
    return None, reasons[0]


def _nodes(definition: Any, dtype: str, other: str, rank: int | None) -> list[list[Any]]:
    """The nodes of the gradient; type attributes after the first have the dtype `other`."""
    import tensorflow as tf
    from tensorflow.python.framework import ops

    graph = tf.Graph()
    with graph.as_default():
        operation = _operation(definition, dtype, other, rank)
        types = _types(operation, dtype)
        if types and SAME not in types.values():
            raise TypeError(f"it takes no {dtype}")
        before = len(graph.get_operations())
        upstream = [_placeholder(out.dtype, out.shape) for out in operation.outputs]
        ops.get_gradient_function(operation)(operation, *upstream)
        added = graph.get_operations()[before:]
    seen = {
        (op.type, tuple(sorted(_types(op, dtype).items())), _device_type(op) or "")
        for op in added
        if op.type not in LEFT_OUT
    }
    return [[op, dict(types), device_type or None] for op, types, device_type in sorted(seen)]


def _device_type(operation: Any) -> str | None:
    from tensorflow.python.framework import device

    # Some gradients compute shapes on the CPU, wherever the op itself runs.
    found = device.DeviceSpec.from_string(operation.device).device_type
    return str(found).upper() if found else None


def _operation(definition: Any, dtype: str, other: str, rank: int | None) -> Any:
    from tensorflow.python.framework import op_def_library

    known = ATTRIBUTES.get(definition.name, {})
    first = next((attr.name for attr in definition.attr if attr.type == "type"), None)
    attrs = {
        attr.name: known[attr.name]
        if attr.name in known
        else _choose(attr, dtype if attr.name == first else other, rank)
        for attr in definition.attr
    }
    keywords = dict(attrs)
    shape = None if rank is None else [SIDE] * rank
    for argument in definition.input_arg:
        own_shape = SHAPES.get(definition.name, {}).get(argument.name, shape)
        keywords[argument.name] = _input(argument, attrs, own_shape)
        for inferred in (argument.type_attr, argument.number_attr, argument.type_list_attr):
            keywords.pop(inferred, None)  # TensorFlow takes them from the inputs
    # Its own name may begin with an underscore, which a node's must not.
    return op_def_library._apply_op_helper(definition.name, name="asked", **keywords)[2]


def _input(argument: Any, attrs: dict[str, Any], shape: list[int] | None) -> Any:
    """A placeholder for an argument of an op, or as many as it takes."""
    if argument.type_list_attr:
        return [_placeholder(each, shape) for each in attrs[argument.type_list_attr]]
    dtype = attrs[argument.type_attr] if argument.type_attr else argument.type
    if argument.number_attr:
        return [_placeholder(dtype, shape) for _ in range(attrs[argument.number_attr])]
    return _placeholder(dtype, shape)


def _placeholder(dtype: Any, shape: Any) -> Any:
    import tensorflow as tf

    return tf.compat.v1.placeholder(dtype, shape)


def _choose(attr: Any, dtype: str, rank: int | None) -> Any:
    """A value for an attribute: its default, otherwise the smallest that it may have."""
    import tensorflow as tf

    if attr.type == "type":
        return _choose_type(attr, dtype)
    if attr.HasField("default_value"):
        return _default(attr.default_value)
    allowed = attr.allowed_values.list.s
    simple = {
        "int": max(1, attr.minimum),
        "bool": False,
        "float": 1.0,
        "string": allowed[0] if allowed else "x",
        "shape": tf.TensorShape(None),
    }
    if attr.type in simple:
        return simple[attr.type]
    length = attr.minimum if attr.has_minimum and attr.minimum > 1 else rank or 4
    lists = {"list(int)": [1] * length, "list(float)": [1.0] * length, "list(type)": [dtype]}
    if attr.type in lists:
        return lists[attr.type]
    raise ValueError(
        f"its attribute {attr.name} is a {attr.type}, which nothing can be made up for"
    )


def _default(value: Any) -> Any:
    import tensorflow as tf

    kind = value.WhichOneof("value")
    if kind == "shape":
        return tf.TensorShape(value.shape)
    if kind == "list":
        fields = value.list.ListFields()
        return list(fields[0][1]) if fields else []
    return getattr(value, kind)


def _choose_type(attr: Any, dtype: str) -> Any:
    import tensorflow as tf
    from tensorflow.python.framework import dtypes

    asked = dtypes.as_dtype(dtype)
    allowed = [dtypes.as_dtype(each) for each in attr.allowed_values.list.type]
    default = dtypes.as_dtype(attr.default_value.type) if attr.default_value.type else None
    # A default that is an integer belongs to an index or a size.
    if (not allowed or asked in allowed) and (default is None or not default.is_integer):
        return asked
    return default or (tf.int32 if tf.int32 in allowed else allowed[0])


def _types(operation: Any, asked: str) -> dict[str, str]:
    """The type attributes of a node; the dtype asked for is written as `SAME`."""
    found = {}
    for attr in operation.op_def.attr:
        if attr.type == "type":
            name = dtype_name(operation.get_attr(attr.name).as_datatype_enum)
            found[attr.name] = SAME if name == asked else name
    return found

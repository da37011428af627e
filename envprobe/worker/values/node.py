"""What one node by itself says: where it is, its constant, its shape, whom it depends on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .domain import KNOWN, MOST_ELEMENTS, Value, of_array, unknown

_OF_SHAPES = frozenset(("Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"))


class Place(NamedTuple):
    """A node, and the nodes that call the functions it lies in, outermost first."""

    op: Any
    calls: tuple[Any, ...]


def constant_of(tf: Any, op: Any) -> Value:
    """The value that a Const holds."""
    from tensorflow.python.framework import tensor_util

    if op.outputs[0].dtype == tf.string:
        return unknown(KNOWN)
    return of_array(tensor_util.MakeNdarray(op.node_def.attr["value"].tensor))


def shape_of(op: Any) -> Value:
    """What Shape or Size gives of a shape that is fixed."""
    shape = op.inputs[0].shape
    found = shape.as_list() if op.type == "Shape" else shape.num_elements()
    return of_array(np.asarray(found, op.outputs[0].dtype.as_numpy_dtype))


def array_of(value: Any, tensor: Any) -> Any:
    """All elements, where they are known one by one or are all the same."""
    if value.array is not None or value.constant is None:
        return value.array
    shape, dtype = tensor.shape, tensor.dtype
    count = shape.num_elements() if shape.is_fully_defined() else None
    if count is None or count > MOST_ELEMENTS or dtype.name in ("string", "variant", "resource"):
        return None
    return np.full(shape.as_list(), value.constant, dtype.as_numpy_dtype)


def depends_on(op: Any, inputs: list[Value]) -> int:
    """Whom the node's outputs depend on: shapes are the model's, where they are fixed."""
    if op.type in _OF_SHAPES and all(one.shape.is_fully_defined() for one in op.inputs):
        return KNOWN
    return max([one.data for one in inputs], default=KNOWN)


def taken_branch(which: Any) -> bool | None:
    """Which branch a condition takes; None where nobody knows."""
    if not isinstance(which, Value):
        return None
    if which.constant is not None:
        return bool(which.constant)
    return None if which.array is None or which.array.size != 1 else bool(which.array.item())


def with_origin(value: Value, inputs: list[Any], place: Place) -> Value:
    """The value with the node at which the first number stopped being finite.

    An infinite constant, as masks have, is no fault; NaN that is made of it is.
    """
    if not value.bad:
        return value
    before = [one for one in inputs if isinstance(one, Value) and one.bad]
    told = next((one.origin for one in before if one.origin is not None), None)
    if told is None and (not before or (value.nan and not any(one.nan for one in before))):
        told = place
    return value._replace(origin=told)

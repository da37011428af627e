"""Nodes that refuse some values: which labels, indices and conditions a kernel does not take."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from .domain import KNOWN, Value

# The input that holds the indices, and the one that they point into.
_LOOKUPS = {"GatherV2": (1, 0), "Gather": (1, 0), "ResourceGather": (1, 0)}
_LOOKUP_WORDS = ("Gather", "Scatter")
_CHECKS = frozenset(("Assert", "CheckNumerics"))
FAULTY = frozenset(("SparseSoftmaxCrossEntropyWithLogits", *_LOOKUPS, *_CHECKS))
# They refuse numbers, not whole numbers: a matrix that has no inverse.
_ALGEBRA = ("Cholesky", "MatrixInverse", "MatrixSolve", "MatrixTriangularSolve", "BatchMatrix",
            "SelfAdjointEig", "Lu", "MatrixSolveLs")  # fmt: skip
# Of the kernel itself, and the runtime may take another one: oneDNN's, or a fused one.
_OF_THE_KERNEL = re.compile(
    r"support|implement|kernel|format|layout|NHWC|NDHWC|device|memory", re.IGNORECASE
)
_OUTSIDE = re.compile(r"(?:indices|index).*(?:not index into|is not in|out of (?:range|bounds))")
_ABOUT_SIZES = re.compile(r"shape|size|dimension|rank|elements|broadcast", re.IGNORECASE)
_SHOWN = 160
_WRAPPED = re.compile(r"\{\{function_node [^}]*\}\}\s*|\s*\[Op:\w*\].*$")


class Fault(NamedTuple):
    """What a node does not take, in words; in place of `{}` stand the values, from `span`."""

    kind: str
    seen: str
    span: tuple[float, float] | None = None

    def told(self, span: tuple[float, float] | None = None) -> str:
        """The words, with these values where they are known better."""
        low, high = span or self.span or (0, 0)
        return self.seen.replace("{}", f"{low}" if low == high else f"{low} to {high}")


def fault_of(op: Any, values: list[Any]) -> Fault | None:
    """The fault that these values surely are; None where they may be fine."""
    if op.type == "SparseSoftmaxCrossEntropyWithLogits":
        return _label(op, values[1])
    if op.type in _LOOKUPS:
        return _index(op, values)
    if op.type == "Assert" and _surely_false(values[0]):
        return Fault("assertion", f"the condition of the assertion {_message(op)} is false")
    if op.type == "CheckNumerics" and values[0].bad:
        return Fault("assertion", f"check_numerics {_note(op)} meets NaN or infinity")
    return None


def fault_of_refusal(op: Any, values: list[Value], message: str) -> Fault | None:
    """The fault that a kernel told of; None where the kernel is to blame, and not what it gets."""
    if op.type in FAULTY or "OpKernel" in message:
        return None  # told already, or no matter of values
    message = _WRAPPED.sub("", message)
    shown = message if len(message) <= _SHOWN else message[: _SHOWN - 1] + "…"
    of_data = any(
        one.data != KNOWN and (tensor.dtype.is_integer or tensor.dtype.is_bool)
        for one, tensor in zip(values, op.inputs)
    )
    if any(word in op.type for word in _LOOKUP_WORDS) and (of_data or _OUTSIDE.search(message)):
        return Fault("index", shown)
    if of_data or op.type.startswith(_ALGEBRA):
        return Fault("argument", shown)
    if _OF_THE_KERNEL.search(message):
        return None
    # Sizes are the model's own, or the data decide them, as the number of values under a mask.
    of_model = all(one.shape.is_fully_defined() for one in op.inputs)
    return Fault("sizes" if of_model and _ABOUT_SIZES.search(message) else "argument", shown)


def pointer(op: Any, values: list[Any]) -> Value | None:
    """The labels or indices of a node that takes some only."""
    if op.type == "SparseSoftmaxCrossEntropyWithLogits":
        return values[1] if isinstance(values[1], Value) else None
    return values[_LOOKUPS[op.type][0]] if op.type in _LOOKUPS else None


def may_point_outside(op: Any, values: list[Any]) -> bool:
    """Whether some of a node's labels or indices may have no class or row."""
    points = pointer(op, values)
    if points is None:
        return False
    count = _rows(op, values, _LOOKUPS[op.type][1]) if op.type in _LOOKUPS else _classes(op)
    return count is None or points.low < 0 or points.high >= count


def single_class(op: Any, values: list[Any]) -> Fault | None:
    """Labels for one class only: each but 0 is refused, whatever the data are."""
    if op.type != "SparseSoftmaxCrossEntropyWithLogits" or op.inputs[0].shape.rank is None:
        return None
    if op.inputs[0].shape[-1] != 1 or values[1].low == values[1].high == 0:
        return None
    return Fault("label", "the loss has 1 class, so that 0 is the only label it takes")


def _label(op: Any, labels: Value) -> Fault | None:
    classes = _classes(op)
    if classes is None or not _surely_outside(labels, classes):
        return None
    return Fault("label", f"labels {{}}, classes 0 to {classes - 1}", (labels.low, labels.high))


def _classes(op: Any) -> int | None:
    shape = op.inputs[0].shape
    return int(shape[-1]) if shape.rank and shape[-1] is not None else None


def _index(op: Any, values: list[Any]) -> Fault | None:
    at, of = _LOOKUPS[op.type]
    rows = _rows(op, values, of)
    if rows is None or not _surely_outside(values[at], rows):
        return None
    span = (values[at].low, values[at].high)
    return Fault("index", f"indices {{}}, valid are 0 to {rows - 1}", span)


def _rows(op: Any, values: list[Any], of: int) -> int | None:
    if op.type == "ResourceGather":
        # The variable itself; inside a function nobody may have said its shape.
        handle = getattr(values[of], "outside", op.inputs[of])
        data = getattr(handle, "_handle_data", None)
        dims = data.shape_and_type[0].shape.dim if data and data.is_set else ()
        return int(dims[0].size) if dims else None
    axis = 0 if op.type == "Gather" else values[2].constant
    held = values[of].array
    shape = op.inputs[of].shape if held is None else held.shape
    if axis is None or (held is None and shape.rank is None):
        return None
    size = shape[int(axis)]
    return None if size is None else int(size)


def _surely_outside(values: Value, count: int) -> bool:
    if values.array is not None:
        return bool(((values.array < 0) | (values.array >= count)).any())
    return not values.is_empty and (values.low >= count or values.high < 0)


def _surely_false(condition: Value) -> bool:
    if condition.array is not None:
        return not bool(np.all(condition.array))
    return condition.high == 0


def _message(op: Any) -> str:
    """What the user says in the assertion, from its constant words."""
    from tensorflow.python.framework import tensor_util

    for tensor in op.inputs[1:]:
        if tensor.op.type == "Const" and tensor.dtype.name == "string":
            value = tensor_util.MakeNdarray(tensor.op.node_def.attr["value"].tensor)
            words = value.item().decode("utf-8", "replace") if value.size == 1 else ""
            if words.strip():
                return repr(" ".join(words.split())[:_SHOWN])
    return ""


def _note(op: Any) -> str:
    return repr(op.get_attr("message").decode("utf-8", "replace")[:_SHOWN])

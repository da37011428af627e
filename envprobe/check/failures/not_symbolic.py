"""custom-op-not-symbolic: Python or NumPy asks for a tensor's numbers while the graph is made."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK105"
_TENSOR = r"(?:SymbolicTensor|KerasTensor|KerasVariable|Tensor|EagerTensor)"
_BRANCH = re.compile(r"as a (?:Python )?`?bool(?:ean)?`?|truth value")
_ITERATES = re.compile(r"[Ii]terating over a|[Cc]annot iterate over|not iterable")
_NUMPY = re.compile(r"to a numpy array|to a NumPy array|NumPy call", re.IGNORECASE)
_INTO_TENSORFLOW = re.compile(
    r"KerasTensor cannot be used as input to a \w+ function|You are passing KerasTensor"
)
_NUMBER = re.compile(
    rf"(?:not|object of type|of) '?{_TENSOR}'?|'{_TENSOR}' object (?:cannot|is not|has no|does not)"
    r"|got a tensor instead|convert it to an? (?:int|float)|len is not well defined for a symbolic"
    r"|Tensor is unhashable|must be (?:an? )?(?:int|integer|Python).*Tensor"
    r"|are valid indices, got .*Tensor"
)
_ATTRIBUTE = re.compile(rf"'?{_TENSOR}'? object has no attribute '(\w+)'")
_NONE = re.compile(
    r"partially known TensorShape|'?NoneType'?|None values not supported"
    r"|Attempt to convert a value \(None\)|Cannot convert .*None.* to a (?:Tensor|tensor)"
)
_NO_RANK = "as_list() is not defined on an unknown TensorShape"
_NO_NONE = re.compile(r"'NoneType' object (?:has no attribute|is not (?:callable|subscriptable))")
_ESCAPED = re.compile(
    r"out of scope|captured an external symbolic tensor|graph tensor outside|leaked|"
    r"must be from the same graph|is not an element of this graph"
)
_SYMBOL = re.compile(
    r"symbolic `?tf\.Tensor|KerasTensor is (?:a )?symbolic|A symbolic KerasTensor"
    r"|Inputs to a layer should be tensors|Functional inputs must come from"
)
_AUTOGRAPH = re.compile(
    r"must also (?:have a return|be initialized|be defined)|must be defined before the loop"
    r"|may not be None (?:before|after)|must be initialized before the loop"
    r"|return statement .*branch|must not be None"
)
_TYPES = ("OperatorNotAllowedInGraphError", "InaccessibleTensorError")


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """What Python asked of a tensor, or None for a failure of another kind."""
    why_fix = _asked(failure, reason)
    if why_fix is None:
        return None
    why, fix = why_fix
    return Explained(code=CODE, cause=Cause.CUSTOM_OP_NOT_SYMBOLIC, why=why, fix=fix)


_LATER = "While the step is traced a tensor has a dtype and a shape, but no numbers yet. "


def _asked(failure: TraceFailure, reason: str) -> tuple[str, str] | None:
    if _INTO_TENSORFLOW.search(reason):
        call = f"tf's {failure.called}()" if failure.called else "a TensorFlow function"
        return (
            f"A functional model hands a Keras placeholder to {call}, which takes real tensors.",
            "Use the function of the same purpose in keras.ops, or put the call into a layer: "
            "keras.layers.Lambda(lambda x: ...) or the call() of a Layer.",
        )
    if _ITERATES.search(reason) and _is_symbol(failure, reason):
        return (
            _LATER + "A Python loop cannot go over it, nor can it be unpacked.",
            "Use tf.unstack(x, num=...) for a known size, tf.map_fn or tf.while_loop else; "
            "pass sizes as whole numbers or as one tensor, as in tf.concat([...], 0).",
        )
    if _BRANCH.search(reason) and _is_symbol(failure, reason):
        return (
            _LATER + "Python's `if`, `while`, `assert`, `and` and `or` need to know it at once.",
            "Use a function of tf.debugging instead of assert."
            if (failure.line_text or "").startswith("assert")
            else "Use tf.cond or tf.where (keras.ops.cond, keras.ops.where) instead.",
        )
    if _NUMPY.search(reason):
        return (
            _LATER + "NumPy can only compute with numbers.",
            "Use the function of the same name in keras.ops or TensorFlow; "
            "tf.numpy_function runs NumPy in the step, without a gradient.",
        )
    return _asked_for_a_number(failure, reason)


def _asked_for_a_number(failure: TraceFailure, reason: str) -> tuple[str, str] | None:
    attribute = _ATTRIBUTE.search(reason)
    if attribute:
        return (
            _LATER + f"{attribute.group(1)!r} exists only on a tensor that has them.",
            f"Do without .{attribute.group(1)}: compute with keras.ops or TensorFlow functions.",
        )
    if _NUMBER.search(reason):
        return (
            _LATER + "int(), float(), len() and range() need the number itself.",
            "Compute with the tensor: tf.cast instead of int(), tf.shape(x)[0] instead of "
            "len(x), tf.range instead of range().",
        )
    if _NO_RANK in reason:
        return (
            "Nobody knows how many axes this tensor has: what made it tells no shape, as Python "
            "functions, sets and tables do not.",
            "Tell the shape behind what makes it: x = tf.ensure_shape(x, (None, 1)).",
        )
    if _NONE.search(reason) and not _NO_NONE.search(reason) and failure.stage in _TRACING:
        return (
            "A size that is not fixed (as the batch) is None while the model is built, and Python "
            "computes with this None.",
            "Ask for it at run time: tf.shape(x)[0] instead of x.shape[0].",
        )
    return _escaped(failure, reason)


def _escaped(failure: TraceFailure, reason: str) -> tuple[str, str] | None:
    if _ESCAPED.search(reason):
        return (
            "A tensor made in one traced function is used outside of it, as one kept in `self` "
            "or in a list.",
            "Return the tensor from call(), or keep it in a variable that __init__ makes.",
        )
    if _AUTOGRAPH.search(reason):
        return (
            "An `if` or loop over a tensor becomes part of the graph: each branch must define "
            "the same names and return.",
            "Give the name a value before the `if` or loop, and return once behind it.",
        )
    if failure.error_type in _TYPES or _SYMBOL.search(reason):
        return (
            _LATER + "Python asked for them.",
            "Compute with keras.ops or TensorFlow functions only.",
        )
    return None


_TRACING = ("build", "trace", "compile")


def _is_symbol(failure: TraceFailure, reason: str) -> bool:
    return failure.error_type in _TYPES or "Tensor" in reason or "symbolic" in reason

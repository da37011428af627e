"""dtype-mismatch: an op's definition, or another operand, refuses the dtype on every device."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK103"
_TYPE = r"(?:tf\.)?((?:u?int|float|bfloat|complex|half|double|string|bool|resource|variant)\w*)"
_NOT_ALLOWED = re.compile(
    rf"passed to parameter '?(\w+)'? has DataType {_TYPE} not in list of allowed values: ([\w, ]+)"
)
_OTHER_OPERAND = re.compile(
    rf"Input '(\w+)' of '\w+' Op has type {_TYPE} that does not match "
    rf"(?:type {_TYPE} of argument '(\w+)'|expected type of {_TYPE})"
)
_LIST = re.compile(r"Tensors in list passed to '(\w+)' of '\w+' Op have types \[([^\]]*)\]")
_NUMBER = re.compile(r"Expected (\w+) passed to parameter '(\w+)' of op '(\w+)', got (.+?) of type")
_CONVERSION = re.compile(rf"requested dtype {_TYPE} for Tensor with dtype {_TYPE}")
_SAME = re.compile(rf"must have the same dtype, got {_TYPE} != {_TYPE}")
_EAGER = re.compile(
    r"cannot compute (\w+) as input #\d+\S* was expected to be an? (\w+) tensor "
    r"but is an? (\w+) tensor"
)
# A tensor or a spec that a message shows has shape and dtype; that alone is no complaint.
_SHOWN = re.compile(r"shape=\([^)]*\), dtype=[^,>)\s]*(?:'>)?")
# What TensorFlow adds to whatever a shape function says: the node and the shapes given to it.
_CONTEXT = re.compile(r" for '?\{\{node .*", re.DOTALL)
_SPEAKS = re.compile(rf"\bd?types?\d*\b|DataType|data type|(?<![\w.]){_TYPE}\b", re.IGNORECASE)
_COMPLAINS = re.compile(
    r"match|require|expected|must (?:be|have)|not (?:supported|allowed|understood|in list)"
    r"|unsupported|only support|invalid dtype|incompatible types|same (?:dtype|type)"
    r"|not a valid|[Cc]annot convert|to be (?:an? )?(?:u?int|float|bool)|but (?:got|has) ",
    re.IGNORECASE,
)
_SHAPES_TOO = re.compile(r"\bshapes?\b|\brank\b|ndim|dimension|\baxis\b", re.IGNORECASE)
_RAISED = ("TypeError", "ValueError", "InvalidArgumentError", "KeyError")
_BRANCH_OR_LOOP = re.compile(
    r"has dtype (\w+) (?:before the loop|in the main branch), but dtype (\w+) (?:after|in)"
)
_SPECS = re.compile(
    r"TensorSpec\(shape=[^)]*\)?, dtype=tf\.(\w+).*?TensorSpec\(shape=[^)]*\)?, dtype=tf\.(\w+)"
)


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """The refused dtype and what to cast, or None for a failure that is not about dtypes."""
    return (
        _not_allowed(failure, reason)
        or _operands(failure, reason)
        or _bound(reason)
        or _conversion(reason)
    )


def _not_allowed(failure: TraceFailure, reason: str) -> Explained | None:
    found = _NOT_ALLOWED.search(reason)
    if found is None:
        return None
    dtype, allowed = found.group(2), found.group(3).strip(" ,")
    op = failure.op or "the op"
    return Explained(
        code=CODE,
        cause=Cause.DTYPE_MISMATCH,
        why=f"{op} is defined for {allowed} only, so that no device computes it in {dtype}."
        + _in_gradient(failure),
        fix=_cast_around(failure, dtype, allowed.split(", ")),
        dtype=dtype,
    )


def _operands(failure: TraceFailure, reason: str) -> Explained | None:
    other = _OTHER_OPERAND.search(reason)
    if other:
        name, dtype, wanted, partner = other.group(1, 2, 3, 4)
        wanted = wanted or other.group(5)
        against = f"{partner!r} is {wanted}" if partner else f"the op takes only {wanted} there"
        told = f"{name!r} is {dtype} and {against}"
        return _mixed(failure, told, dtype, wanted)
    many = _LIST.search(reason)
    if many:
        dtypes = [dtype.strip() for dtype in many.group(2).split(",")]
        told = f"the tensors in {many.group(1)!r} are {', '.join(dtypes)}"
        return _mixed(failure, told, dtypes[0], _widest(dtypes))
    number = _NUMBER.search(reason)
    if number:
        told = f"one operand is {number.group(1)}, the other the number {number.group(4)}"
        return _mixed(failure, told, number.group(1), "float32")
    same = _SAME.search(reason)
    if same:
        told = f"one operand is {same.group(1)}, the other {same.group(2)}"
        return _mixed(failure, told, same.group(1), same.group(2))
    eager = _EAGER.search(reason)
    if eager:
        op, wanted, dtype = eager.groups()
        return _mixed(failure, f"one operand is {wanted}, the other {dtype}", dtype, wanted, op)
    return None


def _mixed(
    failure: TraceFailure, told: str, dtype: str, wanted: str, op: str | None = None
) -> Explained:
    why = f"TensorFlow does not convert between dtypes by itself: {told}." + _in_gradient(failure)
    wanted = _widest([wanted, dtype])
    fix = f"Cast the one to the other, as with tf.cast(x, {wanted!r})."
    if failure.gradient_of:
        fix = _in_float32(failure)
    elif {dtype, wanted} & {"float16", "bfloat16"}:
        fix = (
            "Make the layer's own tensors in the dtype it computes in: "
            "tf.cast(x, self.compute_dtype)."
        )
    return Explained(code=CODE, cause=Cause.DTYPE_MISMATCH, why=why, fix=fix, dtype=dtype, op=op)


def _bound(reason: str) -> Explained | None:
    """A tf.function's input_signature, or a loop's variable, with another dtype."""
    loop, specs = _BRANCH_OR_LOOP.search(reason), _SPECS.search(reason)
    pair = loop or (specs if "Binding inputs to tf.function" in reason else None)
    if pair is None or pair.group(1) == pair.group(2):
        return None
    dtype, wanted = pair.groups()
    where = (
        "A name that a loop or branch of the graph sets has one dtype"
        if loop
        else "The input_signature fixes the dtype"
    )
    return Explained(
        code=CODE,
        cause=Cause.DTYPE_MISMATCH,
        why=f"{where}; here {dtype} and {wanted} meet.",
        fix=f"Cast to one dtype: tf.cast(x, {dtype if loop else wanted!r}).",
        dtype=dtype,
    )


def _conversion(reason: str) -> Explained | None:
    found = _CONVERSION.search(reason)
    if found is None:
        return None
    wanted, dtype = found.groups()
    return Explained(
        code=CODE,
        cause=Cause.DTYPE_MISMATCH,
        why=f"A {dtype} tensor stands where {wanted} is needed, and TensorFlow does not convert.",
        fix=f"Cast it: tf.cast(x, {wanted!r}).",
        dtype=dtype,
    )


def explained_loosely(failure: TraceFailure, reason: str) -> Explained | None:
    """The same for any other complaint about dtypes; asked after the rules that know more."""
    text = _SHOWN.sub("", _CONTEXT.sub("", reason))
    about = _SPEAKS.search(text) and _COMPLAINS.search(text) and not _SHAPES_TOO.search(text)
    if failure.error_type not in _RAISED or not about or "NoneType" in text or "<class" in text:
        return None
    return Explained(
        code=CODE,
        cause=Cause.DTYPE_MISMATCH,
        why="What is called here does not take this dtype, on whatever device it runs.",
        fix="Cast to a dtype that it takes before the call, as with tf.cast(x, 'float32').",
    )


def _in_gradient(failure: TraceFailure) -> str:
    forward = failure.gradient_of
    return f" The forward step runs; the gradient of {forward} does not." if forward else ""


def _cast_around(failure: TraceFailure, dtype: str, allowed: list[str]) -> str:
    if dtype.startswith(("int", "uint", "bool")):
        wanted = "float32" if "float32" in allowed else allowed[0]
        return f"Cast its input first: tf.cast(x, {wanted!r})."
    if not any(one.startswith(("float", "bfloat")) for one in allowed):
        whole = "int32" if "int32" in allowed else allowed[0]
        return f"Cast its input first: tf.cast(x, {whole!r})."
    return _in_float32(failure)


def _in_float32(failure: TraceFailure) -> str:
    if failure.layer and failure.layer_path:
        return (
            f"Let layer {failure.layer!r} compute in float32: give it dtype='float32', "
            "or cast its input with tf.cast(x, 'float32') and its output back."
        )
    return "Cast the op's input with tf.cast(x, 'float32') and its output back."


def _widest(dtypes: list[str]) -> str:
    for kind in ("complex", "float"):
        found = [dtype for dtype in dtypes if kind in dtype]
        if found:
            return found[0]
    return dtypes[0]

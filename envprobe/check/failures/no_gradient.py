"""no-gradient: nothing leads from the loss back to the variables, or an op has no gradient."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import GradientStop, TraceFailure
from envprobe.terms import Cause

CODE = "CHK104"
_NONE_AT_ALL = "No gradients provided for any variable"
_UNREGISTERED = re.compile(
    r"gradient registry has no entry for: (\w+)"
    r"|No gradient defined for operation .*\(op type: (\w+)\)"
)
_OTHER = re.compile(
    r"[Gg]radient (?:explicitly disabled|(?:is |has )?not (?:been )?(?:implemented|defined))"
    r"|[Gg]radients? (?:for|of|through) .* (?:not|cannot)|[Ss]econd.order gradient"
    r"|non-persistent GradientTape"
)
_OF_NONE = re.compile(
    r"(?:unsupported operand|bad operand|NoneType|None values not supported"
    r"|Attempt to convert a value \(None\))"
)
# A gradient that the model writes itself with @tf.custom_gradient.
_OWN = re.compile(
    r"custom_gradient (?:grad_fn|function)|gradient for each variable from"
    r"|returned too (?:few|many) gradients"
)
# What stops the gradient, and what does the same without stopping it.
_FIXES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("Round", "Rint", "Floor", "Ceil", "FloorDiv"),
        "Let the gradient pass by the rounding: x + tf.stop_gradient(tf.round(x) - x) instead of "
        "tf.round(x).",
    ),
    (
        (
            "Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd",
            "LogicalNot", "LogicalOr", "IsNan", "IsFinite", "Where",
        ),
        "Use a smooth step instead of the comparison: tf.sigmoid((x - threshold) * 10.0).",
    ),
    (
        ("ArgMax", "ArgMin", "OneHot", "Bucketize", "InTopKV2", "TopKV2", "Multinomial", "Unique"),
        "Train on the scores themselves (tf.nn.softmax), and take the class or index only in "
        "metrics and predictions.",
    ),
    (("StopGradient",), "Take tf.stop_gradient away from what is to be trained."),
    (
        ("PyFunc", "EagerPyFunc", "PyFuncStateless"),
        "Write the function with TensorFlow ops, or give it a gradient with tf.custom_gradient.",
    ),
    (("Cast",), "Keep the value in floating point: whole numbers carry no gradient."),
)  # fmt: skip


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """What stops the gradient, or None for a failure that is not about gradients."""
    if _NONE_AT_ALL in reason:
        return _stopped(failure) if failure.stops else _unused(failure)
    unregistered = _UNREGISTERED.search(reason)
    if unregistered:
        return _unregistered(unregistered.group(1) or unregistered.group(2))
    if _OWN.search(reason):
        return _own(reason)
    if _OTHER.search(reason) or (failure.gradient_of and failure.error_type in _REFUSES):
        return _refused(failure)
    if failure.function == "train_step" and not failure.layer_path and _OF_NONE.search(reason):
        return _is_none()
    return None


_REFUSES = ("LookupError", "NotImplementedError")


def explained_loosely(failure: TraceFailure, reason: str) -> Explained | None:  # noqa: ARG001
    """The same for whatever else a gradient function raises; asked after all other rules."""
    return _refused(failure) if failure.gradient_of else None


def _stopped(failure: TraceFailure) -> Explained:
    stop = failure.stops[0]
    others = sorted({one.op for one in failure.stops[1:]} - {stop.op})
    also = f" So do {', '.join(others)}." if others else ""
    return Explained(
        code=CODE,
        cause=Cause.NO_GRADIENT,
        why=f"No gradient goes through {stop.op}: its output does not change smoothly with its "
        f"input, or the op is made to stop gradients.{also} Between the loss and every variable "
        "there is such an op, so that nothing can be trained.",
        fix=_fix_of(stop.op),
        op=stop.op,
        layer=stop.layer,
        named=_stopped_where(failure, stop),
    )


def _stopped_where(failure: TraceFailure, stop: GradientStop) -> str | None:
    scopes = stop.node.split("/")
    if scopes[0] == "compile_loss" and len(scopes) > 2:
        return f"Loss {scopes[1]!r}"
    if stop.layer:
        kind = f" ({failure.layer_class})" if stop.layer == failure.layer else ""
        return f"Layer {stop.layer!r}{kind}"
    if failure.function == "train_step":
        return "train_step()"
    return f"Model {failure.layer!r}" if failure.layer else None


def _fix_of(op: str) -> str:
    for ops, fix in _FIXES:
        if op in ops:
            return fix
    return f"Replace {op} on the way to the loss, or give it a gradient with tf.custom_gradient."


def _unused(failure: TraceFailure) -> Explained:
    if failure.function == "train_step":
        why = (
            "The gradient tape saw no way from the loss to the variables: the loss does not use "
            "the model's output, or the output was computed outside of the tape."
        )
        fix = "Call the model inside of `with tf.GradientTape() as tape:` and use its output."
        return Explained(code=CODE, cause=Cause.NO_GRADIENT, why=why, fix=fix, named="train_step()")
    name = f" {failure.part_name!r}" if failure.part_name else ""
    return Explained(
        code=CODE,
        cause=Cause.NO_GRADIENT,
        why=f"The loss{name} does not depend on any variable: it does not use what the model gives "
        "(y_pred), or the model gives nothing that a trained layer computed.",
        fix="Compute the loss from y_pred, the second argument of the loss function, and let the "
        "model return what its trained layers give.",
    )


def _unregistered(op: str) -> Explained:
    return Explained(
        code=CODE,
        cause=Cause.NO_GRADIENT,
        why=f"TensorFlow has no gradient for {op}, and there are trained variables before it. "
        "The model can predict, but not train.",
        fix=f"Move {op} before the first trained layer (into the data pipeline), use another op, "
        "or give it a gradient with tf.custom_gradient.",
        op=op,
    )


def _refused(failure: TraceFailure) -> Explained:
    op = failure.gradient_of or failure.op
    return Explained(
        code=CODE,
        cause=Cause.NO_GRADIENT,
        why="TensorFlow cannot make the gradient that the step asks for"
        + (f": that of {op}." if op else "."),
        fix="Replace the op on the way to the loss, or give it a gradient with tf.custom_gradient.",
        op=op,
    )


def _own(reason: str) -> Explained:
    variables = "variable" in reason
    return Explained(
        code=CODE,
        cause=Cause.NO_GRADIENT,
        why="A function under @tf.custom_gradient must return the gradient of each of its "
        "arguments" + (", and of the variables that it uses." if variables else "."),
        fix="Pass the variable as an argument, or let the gradient function be "
        "grad(dy, variables=None) and return (argument gradients, variable gradients)."
        if variables
        else "Return as many gradients as the function has arguments, None for what needs none.",
    )


def _is_none() -> Explained:
    return Explained(
        code=CODE,
        cause=Cause.NO_GRADIENT,
        why="tape.gradient() gives None for a variable on which the loss does not depend, and "
        "the step then computes with None.",
        fix="Leave such variables out: "
        "[(g, v) for g, v in zip(gradients, variables) if g is not None].",
        named="train_step()",
    )

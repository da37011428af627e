"""CHK601: targets of another shape than the predictions, which the loss broadcasts."""

from __future__ import annotations

import re

from envprobe.check.advice.shown import place_of, requirements_of_loss, shown_shape
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList, Requirement, Shape
from envprobe.terms import Cause, Severity

_DIFFERENCES = ("Sub", "SquaredDifference")
_PRODUCTS = ("Mul",)
# Keras' losses that compare each prediction with its own target, and broadcast nothing on purpose.
_PAIRED = re.compile(
    r"(mean_)?(squared|absolute)(_percentage|_logarithmic)?_error|mse|mae|mape|msle|huber(_loss)?"
    r"|log_?cosh",
    re.IGNORECASE,
)
# The same of those that multiply the two.
_MULTIPLIED = re.compile(r"poisson|(squared_)?hinge", re.IGNORECASE)
# Ops of losses that compare all with all on purpose: quantiles, mixtures, rankings.
_ON_PURPOSE = frozenset(
    ("Maximum", "Minimum", "Max", "Exp", "Log", "Softplus", "LogSoftmax", "Softmax", "Sigmoid",
     "Transpose", "SelectV2", "Relu", "MatMul", "BatchMatMulV2")
)  # fmt: skip


def broadcast_targets(oplist: OpList) -> tuple[CheckFinding, ...]:
    """Each difference in the loss whose two sides have different shapes, once a pair of shapes."""
    if oplist.mode != "train":
        return ()
    found = {
        (left, right): requirement
        for requirement in requirements_of_loss(oplist, *_compared(oplist.loss))
        for left, right in [_sides(requirement)]
        if left is not None and right is not None and _suspicious(oplist, left, right)
    }
    return tuple(_finding(oplist, *shapes, one) for shapes, one in found.items())


def _compared(loss: str | None) -> tuple[str, ...]:
    """The ops that hold a prediction against its target."""
    return _DIFFERENCES + (_PRODUCTS if _all_named(loss, _MULTIPLIED) else ())


def _sides(requirement: Requirement) -> tuple[Shape | None, Shape | None]:
    shapes = [tensor.shape for tensor in requirement.inputs[:2]]
    return (shapes[0], shapes[1]) if len(shapes) == 2 else (None, None)


def _suspicious(oplist: OpList, left: Shape, right: Shape) -> bool:
    if left == right or not left or not right or None in (*left, *right):
        return False
    if _repeated(left, right) is None:
        return False
    if _all_named(oplist.loss, _PAIRED) or _all_named(oplist.loss, _MULTIPLIED):
        return True
    return _square_of_batch(oplist, left, right) or _plain_difference(oplist, left, right)


def _repeated(left: Shape, right: Shape) -> Shape | None:
    """The shape that both become, where one is repeated to get there; None else."""
    most = max(len(left), len(right))
    a, b = ((1,) * (most - len(one)) + one for one in (left, right))
    if any(x != y and 1 not in (x, y) for x, y in zip(a, b, strict=True)):
        return None
    became = tuple(max(x or 0, y or 0) for x, y in zip(a, b, strict=True))
    scalar = all(size == 1 for size in a) or all(size == 1 for size in b)
    return None if scalar or became == a == b else became


def _all_named(loss: str | None, pattern: re.Pattern[str]) -> bool:
    """Whether every loss, as `out=mse, other=mae`, is one of these."""
    names = [name.rpartition("=")[2].strip() for name in (loss or "").split(",")]
    return all(pattern.fullmatch(name) for name in names)


def _square_of_batch(oplist: OpList, left: Shape, right: Shape) -> bool:
    """(N,) against (N, 1), which makes (N, N): never meant."""
    short, long = sorted((left, right), key=len)
    size = short[0]
    return (
        len(short) == 1
        and size != 1
        and long == (size, 1)
        and any(target.shape in {short, long} for target in oplist.targets)
    )


def _plain_difference(oplist: OpList, left: Shape, right: Shape) -> bool:
    """A target (…, 1) against predictions (…, n), in a loss that only takes differences."""
    if {one.op for one in requirements_of_loss(oplist)} & _ON_PURPOSE:
        return False
    targets = [one.shape for one in oplist.targets if one.dtype.startswith(("float", "bfloat"))]
    return any(
        target == one and len(one) > 1 and one[-1] == 1 and other[:-1] == one[:-1]
        for one, other in ((left, right), (right, left))
        for target in targets
    )


def _finding(oplist: OpList, left: Shape, right: Shape, one: Requirement) -> CheckFinding:
    place = place_of(one)
    targets = " and ".join(f"{target.dtype}{list(target.shape or ())}" for target in oplist.targets)
    became = shown_shape(_repeated(left, right))
    return CheckFinding(
        code="CHK601",
        cause=Cause.LABEL_LOSS_MISMATCH,
        severity=Severity.WARNING,
        op=one.op,
        layer=place.layer,
        file=place.file,
        line=place.line,
        seen=(
            f"The loss {oplist.loss} compares {shown_shape(left)} and "
            f"{shown_shape(right)}" + (f"; the targets are {targets}." if targets else ".")
        ),
        why=(
            f"TensorFlow repeats the smaller one until both are {became}, without a word. Then "
            "predictions are compared with targets that are not theirs, and the model learns "
            "something else."
        ),
        fix=(
            "Give the last layer as many units as a target has values, or give targets of the "
            "predictions' shape (y = y[..., None] or tf.squeeze(y, -1) where only a 1 is missing)."
        ),
    )

"""How values that a node cannot take are put into words."""

from __future__ import annotations

from typing import Any

from .domain import FLOATS, Value
from .faults import Fault

_WORDS = {
    **dict.fromkeys(("RealDiv", "Div", "Reciprocal", "Inv", "Xdivy"), "a division by zero"),
    **dict.fromkeys(("Log", "Log1p", "Xlogy"), "the logarithm of a number that has none"),
    "Sqrt": "the square root of a negative number",
    "Rsqrt": "one over the square root of zero or of a negative number",
    **dict.fromkeys(("SqrtGrad", "RsqrtGrad"), "the gradient of a square root at zero"),
    **dict.fromkeys(
        ("Acos", "Asin", "Acosh", "Atanh"), "a number that the function is not defined for"
    ),
    "Pow": "a power that has no real value",
    "Mean": "the mean of no elements",
    "Cholesky": "the Cholesky factor of a matrix that is not positive definite",
    "MatrixInverse": "the inverse of a matrix that has none",
    "MatrixSolve": "a system of equations without one solution",
}


def not_finite(value: Value, op: Any) -> Fault:
    """The fault of a step whose loss, output or weights are not finite because of this node."""
    dtype = str(op.outputs[0].dtype.name) if op.outputs else ""
    words = _WORDS.get(op.type)
    if words is None and dtype in FLOATS and not value.nan and dtype != "float64":
        words = f"a number beyond {FLOATS[dtype].largest:g}, the largest of {dtype}"
    if words is None or (op.type not in _WORDS and dtype == "float16"):
        largest = f" (the largest number of {dtype} is {FLOATS[dtype].largest:g})"
        words = "NaN or infinity" + (largest if dtype in ("float16", "bfloat16") else "")
    return Fault("non_finite", words)


def part_of(calls: tuple[Any, ...]) -> str:
    """Which part of the step it is, where the names of its nodes tell: ` in the loss 'dice'`."""
    for op in calls:
        parts = op.name.split("/")
        for at, part in enumerate(parts[:-1]):
            if part.startswith("gradient_tape"):
                return " in the gradient"
            if part.startswith("compile_loss") and at + 1 < len(parts) - 1:
                return f" in the loss {parts[at + 1]!r}"
    return ""

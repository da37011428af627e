"""What was raised by numbers: an index out of range, NaN, an assertion, an argument's value."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK110"
NAN_CODE = "CHK111"
INDEX_CODE = "CHK112"
_INDEX = re.compile(r"indices\[[^\]]*\] = -?\d+ is not in \[")
_NAN = re.compile(r"\b(?:had|contains?|has|found) (?:NaN|Inf)|Tensor had|NaN or Inf", re.IGNORECASE)
_RAISED = ("InvalidArgumentError", "OutOfRangeError", "AssertionError", "FailedPreconditionError")


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """Which values are refused, or None for a failure of another kind."""
    if failure.error_type == "FloatingPointError" or _NAN.search(reason):
        return Explained(
            code=NAN_CODE,
            cause=Cause.NAN_INF,
            why="A number is not finite, and a check in the model stops there.",
            fix="Keep the numbers finite before it: a small epsilon in divisions and logarithms.",
        )
    if _INDEX.search(reason):
        return Explained(
            code=INDEX_CODE,
            cause=Cause.EMBEDDING_INDEX_OUT_OF_RANGE,
            why="An index points behind the end of the table.",
            fix="Make input_dim of the embedding the largest index plus one.",
        )
    if failure.error_type in _RAISED:
        return Explained(
            code=CODE,
            cause=Cause.INVALID_ARGUMENT_AT_RUNTIME,
            why="TensorFlow, or a check in the model, refuses a value that it is given.",
            fix="Give a value that the message allows.",
        )
    return None

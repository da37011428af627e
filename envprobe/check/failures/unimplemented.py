"""Kernels and combinations that are missing: unimplemented, not registered, not compiled by XLA."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK107"
NO_KERNEL_CODE = "CHK108"
XLA_CODE = "CHK109"
_NO_KERNEL = re.compile(
    r"No OpKernel was registered|[Cc]ould not find (?:valid )?device|no registered .*kernel"
    r"|No registered '?\w+'? OpKernel|Could not find compiler"
)
_XLA = re.compile(
    r"Detected unsupported operations when trying to compile|not compilable|XLA compil|XLA_\w+_JIT"
    r"|XLA can't|must be a compile-time constant"
)
_TOGETHER = re.compile(
    r"not (?:currently )?supported (?:in conjunction|together|in combination|with)"
    r"|only (?:supported|implemented) (?:for|with|when|if)|(?:is|are) not (?:currently |yet )?"
    r"(?:supported|implemented)|not implemented|only supports? |[Uu]nsupported"
    r"|does(?: not|n't) (?:currently |yet )?support|Current implementation only"
)

# Supported for other ranks or sizes: a matter of shapes. A method that a class lacks: a slip.
_NO_CASE = re.compile(
    r"\bshapes?\b|\branks?\b|\b\dD\b|ndim|[Dd]imension|\baxis\b|`(?:call|get_config|build)\(?\)?`"
)


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """What nobody has written for this case, or None for a failure of another kind."""
    if _XLA.search(reason):
        return Explained(
            code=XLA_CODE,
            cause=Cause.XLA_UNSUPPORTED_OP,
            why="XLA cannot compile this function, and jit_compile=True leaves it no other way.",
            fix="Leave jit_compile off for this function, or replace the op.",
        )
    if _NO_KERNEL.search(reason):
        return Explained(
            code=NO_KERNEL_CODE,
            cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
            why="TensorFlow has no kernel of this op for the device and dtype.",
            fix="Use another dtype for the layer, as dtype='float32'.",
        )
    if failure.error_type == "UnimplementedError" or _is_refused(failure, reason):
        return Explained(
            code=CODE,
            cause=Cause.UNIMPLEMENTED_ON_DEVICE,
            why="Each of the settings exists, but nobody has implemented them together.",
            fix=_fix(reason),
        )
    return None


def _is_refused(failure: TraceFailure, reason: str) -> bool:
    raised = failure.error_type in ("ValueError", "NotImplementedError")
    return raised and _TOGETHER.search(reason) is not None and not _NO_CASE.search(reason)


def _fix(reason: str) -> str:
    if "dilation" in reason and "stride" in reason:
        return "Set strides=1 or dilation_rate=1, and pool in a layer of its own where needed."
    if "data_format" in reason or "channels_first" in reason:
        return "Use data_format='channels_last', and transpose the data once at the input."
    return "Change one of the settings that the message names."

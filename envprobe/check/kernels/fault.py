"""Which kind of fault it is when a requirement does not simply run: its code and its cause."""

from __future__ import annotations

from typing import NamedTuple

from envprobe.check.described import dtype_of, is_channels_first
from envprobe.check.judgement import Judgement
from envprobe.check.target import Target
from envprobe.facts.precision_by_capability import GpuPrecision, precision_on
from envprobe.terms import Cause, Evidence, Severity, Status

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


class Fault(NamedTuple):
    """One kind of fault; a code never changes its meaning."""

    code: str
    cause: Cause
    severity: Severity = _ERROR


NO_KERNEL = Fault("CHK201", Cause.NO_KERNEL_FOR_DEVICE_DTYPE)
LAYOUT_REFUSED = Fault("CHK202", Cause.UNIMPLEMENTED_CPU_FORMAT)
NO_PRECISION = Fault("CHK203", Cause.UNSUPPORTED_PRECISION)
WRONG_NUMBERS = Fault("CHK204", Cause.UNIMPLEMENTED_ON_DEVICE)
CRASHES = Fault("CHK205", Cause.GRAPH_EXECUTION_GENERIC)
HANGS = Fault("CHK205", Cause.HANG_TIMEOUT)
CRASHES_ON_GPU = Fault("CHK205", Cause.CUDA_RUNTIME_FAULT)
FALLS_BACK = Fault("CHK206", Cause.NO_KERNEL_FOR_DEVICE_DTYPE, _WARNING)
EMULATED = Fault("CHK207", Cause.UNSUPPORTED_PRECISION, _WARNING)
UNKNOWN = Fault("CHK208", Cause.NO_KERNEL_FOR_DEVICE_DTYPE, _WARNING)
UNKNOWN_LAYOUT = Fault("CHK208", Cause.UNIMPLEMENTED_CPU_FORMAT, _WARNING)
UNKNOWN_TO_XLA = Fault("CHK208", Cause.XLA_UNSUPPORTED_OP, _WARNING)
XLA_REFUSES = Fault("CHK209", Cause.XLA_UNSUPPORTED_OP)
PINNED = Fault("CHK210", Cause.INVALID_DEVICE_PLACEMENT)
REFUSED = Fault("CHK211", Cause.UNIMPLEMENTED_ON_DEVICE)
NOT_IN_RELEASE = Fault("CHK212", Cause.CUSTOM_OP_NOT_REGISTERED)
TOO_LARGE = Fault("CHK214", Cause.OOM_HOST)
TOO_LARGE_FOR_GPU = Fault("CHK214", Cause.OOM_GPU)
INVALID_DTYPE = Fault("CHK215", Cause.DTYPE_MISMATCH)


def fault_of(judgement: Judgement, target: Target, *, layout_decides: bool) -> Fault | None:
    """The fault; None where the requirement runs as it should.

    `layout_decides`: the same node runs there, or may run, with its channels last.
    """
    if judgement.outcome == "fails":
        return _failing(judgement, target, layout_decides)
    # What is thought to run without any evidence is not known to.
    if judgement.outcome == "unknown" or judgement.evidence is Evidence.NONE:
        return _unknown(judgement, target, layout_decides)
    if judgement.outcome == "falls_back":
        return FALLS_BACK
    return EMULATED if judgement.emulated else None


def is_refused_layout(judgement: Judgement, target: Target) -> bool:
    """Whether the layout may be why: channels first on a CPU, in a kernel that was there."""
    return (
        judgement.outcome in {"fails", "unknown"}
        and target.device.device_type == "CPU"
        and not judgement.requirement.compiled
        and is_channels_first(judgement.requirement)
        and judgement.status in {None, Status.UNIMPLEMENTED, Status.FAILED}
    )


def _unknown(judgement: Judgement, target: Target, layout_decides: bool) -> Fault:
    if judgement.requirement.compiled:
        return UNKNOWN_TO_XLA
    decided = layout_decides and is_refused_layout(judgement, target)
    return UNKNOWN_LAYOUT if decided else UNKNOWN


def _failing(judgement: Judgement, target: Target, layout_decides: bool) -> Fault:
    """What the node asks for tells more than how it ended."""
    requirement = judgement.requirement
    if requirement.device not in {None, "CPU", target.device.device_type}:
        return PINNED
    if _is_not_in_release(judgement, target):
        return NOT_IN_RELEASE
    if requirement.compiled and judgement.status in _SAID_BY_COMPILER:
        return XLA_REFUSES
    if layout_decides and is_refused_layout(judgement, target):
        return LAYOUT_REFUSED
    if judgement.status is Status.NO_KERNEL:
        return NO_PRECISION if lacks_precision(target, dtype_of(requirement)) else NO_KERNEL
    by_status = _ON_GPU if target.device.device_type == "GPU" else _BY_STATUS
    return by_status.get(judgement.status, REFUSED)


_SAID_BY_COMPILER = {None, Status.NO_KERNEL, Status.UNIMPLEMENTED, Status.FAILED}
_BY_STATUS: dict[Status | None, Fault] = {
    Status.WRONG_RESULT: WRONG_NUMBERS,
    Status.TIMED_OUT: HANGS,
    Status.CRASHED: CRASHES,
    Status.OUT_OF_MEMORY: TOO_LARGE,
    Status.INVALID_DTYPE: INVALID_DTYPE,
}
_ON_GPU = {
    **_BY_STATUS,
    Status.CRASHED: CRASHES_ON_GPU,
    Status.OUT_OF_MEMORY: TOO_LARGE_FOR_GPU,
}


def _is_not_in_release(judgement: Judgement, target: Target) -> bool:
    known = target.registrations
    return (
        known is not None
        and judgement.status in {None, Status.NO_KERNEL}
        and judgement.requirement.op not in known.ops
    )


def lacks_precision(target: Target, dtype: str | None) -> bool:
    """Whether the GPU itself cannot compute in this dtype; a CPU goes through float32 instead."""
    precision = gpu_precision(target)
    if precision is None or dtype is None:
        return False
    return {
        "bfloat16": not precision.bfloat16,
        "float16": precision.float16_arithmetic == "none",
    }.get(dtype, dtype.startswith("float8") and not precision.float8)


def gpu_precision(target: Target) -> GpuPrecision | None:
    """What the GPU's formats mean; None for other devices and for a GPU that no table knows."""
    capability = target.device.compute_capability
    if target.device.device_type != "GPU" or capability is None:
        return None
    known = precision_on(capability, target.device.model or "")
    return known if isinstance(known, GpuPrecision) else None

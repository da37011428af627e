"""Whether a registered kernel is known to refuse a node when it runs: its layout, its rank."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from envprobe.check.judgement import Judgement
from envprobe.check.judging.kind import Kind
from envprobe.check.target import Target
from envprobe.facts.kernel_refusals import KernelRefusal, refusals_of
from envprobe.matrix.matrix import Environment
from envprobe.models.oplist import Requirement
from envprobe.terms import Evidence

Refuses = Literal["yes", "no", "unknown"]

# The instructions without which TensorFlow leaves a dtype's nodes to its own kernels
# (`IsDataTypeSupportedByOneDNNOnThisCPU` in tensorflow/core/util/util.cc). float32 asks for none.
_INSTRUCTIONS = {
    "bfloat16": {"avx512f", "avx_ne_convert"},
    "float16": {"avx512_fp16", "amx_fp16", "avx_ne_convert"},
}


def triggered(kind: Kind, device_type: str) -> tuple[KernelRefusal, ...]:
    """The rows that the node meets on a device type; XLA computes in its own way and meets none."""
    if kind.requirement.compiled:
        return ()
    known = refusals_of(device_type, kind.requirement.op)
    return tuple(row for row in known if kind.traits.get(row.trait, 0) > row.above)


def judge_refusals(
    requirement: Requirement, rows: Iterable[KernelRefusal], target: Target
) -> Judgement | None:
    """Fails, or unknown where oneDNN decides and nobody knows it; None where the node runs."""
    takes = onednn_takes(_dtype(requirement), target.environment)
    unknown = None
    for row in rows:
        refuses = _refuses(row, takes)
        if refuses == "yes":
            reason = f"its kernel refuses it on a {target.device.device_type}: {row.message}"
            return Judgement(requirement, "fails", Evidence.REGISTERED, row.status, reason)
        if refuses == "unknown":
            unknown = Judgement(requirement, "unknown", Evidence.NONE, reason=_depends(row))
    return unknown


def onednn_takes(dtype: str | None, environment: Environment | None) -> bool | None:
    """Whether oneDNN computes this dtype instead of TensorFlow's own kernels; None: not known."""
    if dtype not in {"float32", "bfloat16", "float16"}:
        return False
    if environment is None or environment.onednn is None:
        return None
    if not environment.onednn:
        return False
    if environment.machine != "x86_64":  # Arm's library takes other nodes
        return None
    return dtype == "float32" or not _INSTRUCTIONS[dtype].isdisjoint(environment.cpu_isa)


def _refuses(row: KernelRefusal, onednn: bool | None) -> Refuses:
    if row.refused_by == "both" or row.device_type != "CPU":
        return "yes"
    if onednn is None:
        return "unknown"
    return "yes" if onednn == (row.refused_by == "onednn") else "no"


def _depends(row: KernelRefusal) -> str:
    if row.refused_by == "plain":
        return f"only oneDNN runs it, and whether it takes it there is not known ({row.message})"
    return f"oneDNN refuses it, and whether it is on there is not known ({row.message})"


def _dtype(requirement: Requirement) -> str | None:
    told = requirement.dtypes.get("T") or next(iter(requirement.dtypes.values()), None)
    return told if isinstance(told, str) else None

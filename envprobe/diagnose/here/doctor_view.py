"""What doctor's findings of this machine say of a cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from envprobe.diagnose.here.doctor_rules import DOCTOR_RULES
from envprobe.diagnose.here.health import (
    Health,
    architecture,
    cudnn,
    driver,
    gpu_software,
    on,
    packages,
    tensorflow,
    wsl,
)
from envprobe.diagnose.result import Here
from envprobe.doctor.judge import ORDER
from envprobe.doctor.result import DoctorResult
from envprobe.inventory import Inventory
from envprobe.terms import Cause, Finding

# How it is known that a cause does not hold here; without an entry nothing would tell.
HEALTH: Mapping[Cause, Callable[[Inventory], Health]] = {
    Cause.GPU_DRIVER_MISSING: driver,
    Cause.DRIVER_LIBRARY_MISMATCH: driver,
    Cause.DRIVER_TOO_OLD: gpu_software,
    Cause.GPU_LIBS_MISSING: gpu_software,
    Cause.PTXAS_LIBDEVICE_MISSING: gpu_software,
    Cause.CUDNN_VERSION_MISMATCH: cudnn,
    Cause.CUDNN_INIT_FAILED: cudnn,
    Cause.CUDA_ARCH_UNSUPPORTED: architecture,
    Cause.GPU_HARDWARE_FAULT: driver,
    Cause.WSL_ISSUE: wsl,
    Cause.WINDOWS_NATIVE_GPU_DROPPED: on("windows", "Windows"),
    Cause.WINDOWS_VC_RUNTIME_MISSING: on("windows", "Windows"),
    Cause.MACOS_METAL: on("macos", "a Mac"),
    Cause.TF_NOT_INSTALLED: tensorflow,
    Cause.NUMPY_ABI_MISMATCH: packages("numpy"),
    Cause.PROTOBUF_ABI_MISMATCH: packages("protobuf"),
    Cause.KERAS_TF_VERSION_MISMATCH: packages("keras", "tf-keras"),
}
# What may have been so, and is no longer, or shows only while a program runs; of these packages
# the model's file, or code, may be the one that does not fit.
PASSING = (
    Cause.CUDNN_INIT_FAILED,
    Cause.GPU_HARDWARE_FAULT,
    Cause.KERAS_TF_VERSION_MISMATCH,
    Cause.WSL_ISSUE,
)
# Some of the rules are about any library: they have to name this one.
SPEAK_OF: Mapping[Cause, str] = {Cause.CUDNN_VERSION_MISMATCH: "cudnn"}


def found_by_doctor(cause: Cause, examined: DoctorResult) -> Here | None:
    """The gravest finding of what this cause speaks of; None where there is none."""
    rules, word = DOCTOR_RULES.get(cause, ()), SPEAK_OF.get(cause, "")
    found = [one for one in examined.findings if one.name in rules and word in one.seen.lower()]
    if not found:
        return None
    first = min(found, key=lambda one: (ORDER.index(one.severity), rules.index(one.name)))
    return Here(answer="confirmed", told=f"`envprobe doctor` finds it here, {_said(first)}")


def _said(finding: Finding) -> str:
    return f"{finding.code} {finding.name}: {finding.seen}"


def doctor_here(cause: Cause, examined: DoctorResult) -> Here | None:
    """What doctor found, or that it found nothing; None for causes that it does not look for."""
    if cause not in DOCTOR_RULES:
        return None
    return found_by_doctor(cause, examined) or _nothing_found(cause, examined.inventory)


def _nothing_found(cause: Cause, inventory: Inventory) -> Here:
    nothing = "`envprobe doctor` finds nothing of the kind here"
    if cause not in HEALTH:
        return Here(answer="unknown", told=f"{nothing}, which rules nothing out")
    health = HEALTH[cause](inventory)
    if health.well is None:
        return Here(answer="unknown", told=health.unknown or nothing)
    if cause in PASSING:
        return Here(answer="unknown", told=f"{nothing} now, which rules nothing out: {health.well}")
    return Here(answer="contradicted", told=f"{nothing}: {health.well}")

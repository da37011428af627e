"""Who answers for which cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from envprobe.diagnose.here.cpu import cpu_here
from envprobe.diagnose.here.disk import disk_here
from envprobe.diagnose.here.doctor_rules import DOCTOR_RULES
from envprobe.diagnose.here.doctor_view import doctor_here
from envprobe.diagnose.here.gpu_memory import gpu_memory_here
from envprobe.diagnose.here.gpu_numbers import device_here
from envprobe.diagnose.here.host_memory import host_memory_here
from envprobe.diagnose.here.kernels import kernel_here
from envprobe.diagnose.here.machine import Machine
from envprobe.diagnose.here.other_machine import Differences, Ground
from envprobe.diagnose.here.precision import is_about_hardware, precision_here
from envprobe.diagnose.here.scans import Scans
from envprobe.diagnose.result import DiagnosisFinding, Here, Surroundings
from envprobe.terms import Cause

KERNELS = (
    Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    Cause.UNSUPPORTED_PRECISION,
    Cause.UNIMPLEMENTED_CPU_FORMAT,
    Cause.UNIMPLEMENTED_ON_DEVICE,
    Cause.XLA_UNSUPPORTED_OP,
)
STATES: Mapping[Cause, Callable[[DiagnosisFinding, Machine], Here]] = {
    Cause.OOM_GPU: gpu_memory_here,
    Cause.OOM_GPU_FRAGMENTATION: gpu_memory_here,
    Cause.OOM_GPU_OTHER_PROCESS: gpu_memory_here,
    Cause.OOM_HOST: host_memory_here,
    Cause.DISK_FULL: lambda finding, _machine: disk_here(finding),
    Cause.CPU_INSTRUCTION_MISSING: cpu_here,
    Cause.DEVICE_ORDINAL: device_here,
    Cause.INVALID_DEVICE_PLACEMENT: device_here,
}
# Those that an update of a package, or another environment, may change.
OF_SOFTWARE = (
    Cause.DRIVER_TOO_OLD,
    Cause.GPU_LIBS_MISSING,
    Cause.CUDNN_VERSION_MISMATCH,
    Cause.CUDNN_INIT_FAILED,
    Cause.CUDA_ARCH_UNSUPPORTED,
    Cause.PTXAS_LIBDEVICE_MISSING,
    Cause.TF_NOT_INSTALLED,
    Cause.KERAS_TF_VERSION_MISMATCH,
    Cause.NUMPY_ABI_MISMATCH,
    Cause.PROTOBUF_ABI_MISMATCH,
    Cause.ABI_MISMATCH,
)
MACHINE = (*STATES, *(cause for cause in DOCTOR_RULES if cause not in STATES))


class Asked(NamedTuple):
    """Where an answer may be looked for; `other` says in what the log is not of here."""

    log: Surroundings
    machine: Machine
    scans: Scans
    other: Differences


class Answered(NamedTuple):
    """The answer and what it rests on."""

    here: Here
    ground: Ground


def answered(finding: DiagnosisFinding, asked: Asked) -> Answered | None:
    """The answer for a finding's cause; None where nothing here has to do with it."""
    if finding.cause in KERNELS:
        return _kernel(finding, asked)
    if not asked.machine.looked:
        return None
    if finding.cause in STATES:
        return Answered(STATES[finding.cause](finding, asked.machine), "hardware")
    return _doctor(finding, asked.machine)


def _kernel(finding: DiagnosisFinding, asked: Asked) -> Answered:
    inventory = asked.machine.inventory
    if is_about_hardware(finding):
        ground: Ground = "given" if asked.scans.given else "hardware"
        return Answered(precision_here(finding, asked.machine, asked.scans), ground)
    host = inventory.host.hostname if inventory and not asked.other.machine else None
    here = kernel_here(finding, asked.log, asked.scans, host=host, now=asked.machine.now)
    return Answered(here, "given" if asked.scans.given else "scan")


def _doctor(finding: DiagnosisFinding, machine: Machine) -> Answered | None:
    ground: Ground = "software" if finding.cause in OF_SOFTWARE else "hardware"
    if machine.examined is None:
        return Answered(Here(answer="unknown", told=machine.unknown), ground)
    here = doctor_here(finding.cause, machine.examined)
    return Answered(here, ground) if here else None

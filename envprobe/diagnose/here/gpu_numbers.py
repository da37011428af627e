"""Whether the device that a run asked for is here."""

from __future__ import annotations

import re

from envprobe.diagnose.here.doctor_view import found_by_doctor
from envprobe.diagnose.here.machine import Machine, gpus_here, gpus_unknown
from envprobe.diagnose.here.told_fields import gpu_told, number_told
from envprobe.diagnose.result import DiagnosisFinding, Here
from envprobe.inventory import Inventory
from envprobe.terms import Cause

VARIABLE = "CUDA_VISIBLE_DEVICES"
OTHER_DEVICE = re.compile(r"(?:^|[^A-Z])(TPU|METAL|NPU|XPU)(?:[^A-Z]|$)", re.IGNORECASE)


def device_here(finding: DiagnosisFinding, machine: Machine) -> Here:
    """By the GPUs that CUDA would show now, and what hides the others."""
    if machine.examined is None:
        return Here(answer="unknown", told=machine.unknown)
    if other := OTHER_DEVICE.search(str(finding.fields.get("device", ""))):
        return Here(answer="unknown", told=f"envprobe knows nothing of a {other[1].upper()} here")
    inventory = machine.examined.inventory
    asked = gpu_told(finding)
    asked = number_told(finding, "index") if asked is None else asked
    gpus = gpus_here(inventory)
    if gpus is None:
        return Here(answer="unknown", told=gpus_unknown(inventory))
    if not gpus:
        return _without_gpu(finding, asked)
    return found_by_doctor(finding.cause, machine.examined) or _among(finding, asked, inventory)


def _without_gpu(finding: DiagnosisFinding, asked: int | None) -> Here:
    told = "this machine has no NVIDIA GPU"
    # That a GPU's number is wrong supposes that there are some.
    wanted = finding.cause is Cause.INVALID_DEVICE_PLACEMENT and asked is not None
    return Here(answer="confirmed" if wanted else "unknown", told=told)


def _among(finding: DiagnosisFinding, asked: int | None, inventory: Inventory) -> Here:
    shown = {gpu.cuda_index: gpu.name for gpu in inventory.nvml.gpus if gpu.cuda_index is not None}
    listed = ", ".join(f"GPU:{index} {name or ''}".strip() for index, name in sorted(shown.items()))
    value = inventory.environ.get(VARIABLE)
    setting = f"{VARIABLE} is {value!r}" if value is not None else f"{VARIABLE} is not set"
    state = f"CUDA shows {listed or 'GPUs whose numbers are not known'} here, and {setting}"
    if asked is None or not shown:
        return Here(answer="unknown", told=state)
    if asked not in shown:
        return Here(answer="confirmed", told=f"there is no GPU:{asked}: {state}")
    if finding.cause is Cause.INVALID_DEVICE_PLACEMENT and not _built_for_gpus(inventory):
        return Here(answer="unknown", told=f"{state}; whether TensorFlow can use it is not known")
    return Here(answer="contradicted", told=f"GPU:{asked} is there: {state}")


def _built_for_gpus(inventory: Inventory) -> bool:
    build = inventory.software.build
    return build is not None and build.is_cuda_build is True

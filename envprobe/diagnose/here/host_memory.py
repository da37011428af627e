"""The computer's own memory now, and the limit that a control group sets."""

from __future__ import annotations

from envprobe.diagnose.here.doctor_view import found_by_doctor
from envprobe.diagnose.here.machine import Machine
from envprobe.diagnose.here.told_fields import bytes_told
from envprobe.diagnose.result import DiagnosisFinding, Here
from envprobe.diagnose.rules._sizes import amount
from envprobe.doctor.result import DoctorResult
from envprobe.inventory.memory import Memory

# Of what there is; below it next to nothing can be started.
NEARLY_FULL = 0.05


def host_memory_here(finding: DiagnosisFinding, machine: Machine) -> Here:
    """Whether what was asked for can fit at all, and fits now."""
    if machine.examined is None:
        return Here(answer="unknown", told=machine.unknown)
    memory = machine.examined.inventory.memory
    most = memory.limit_bytes or memory.total_bytes
    if most is None:
        why = memory.unknown.get("total_bytes", "not told")
        return Here(answer="unknown", told=f"the size of this machine's memory is not known: {why}")
    confirmed = _confirmed(memory, most, bytes_told(finding, "asked"))
    return confirmed or _not_decided(finding, memory, machine.examined)


def _confirmed(memory: Memory, most: int, asked: int | None) -> Here | None:
    left, why = memory.usable_bytes, None
    if asked and asked > most:
        why = f"{amount(asked)} can never fit"
    elif asked and left is not None and asked > left:
        why = f"{amount(asked)} would not fit now either"
    elif left is not None and left < NEARLY_FULL * most:
        why = "next to nothing is free now"
    return Here(answer="confirmed", told=f"{why}: {_state(memory)}") if why else None


def _not_decided(finding: DiagnosisFinding, memory: Memory, examined: DoctorResult) -> Here:
    if memory.limit_bytes is not None:
        told = f"a limit is set, which ends what goes over it: {_state(memory)}"
        return Here(answer="unknown", told=told)
    by_doctor = found_by_doctor(finding.cause, examined)
    return by_doctor or Here(answer="unknown", told=f"the memory as it is now: {_state(memory)}")


def _state(memory: Memory) -> str:
    """`this machine has 16.00 GiB, 12.00 GiB available now; a control group allows 4.00 GiB`."""
    parts = [f"this machine has {amount(memory.total_bytes)}" if memory.total_bytes else ""]
    if memory.available_bytes is not None:
        parts.append(f"{amount(memory.available_bytes)} available now")
    if memory.limit_bytes is not None:
        left = memory.usable_bytes
        rest = f", {amount(left)} of it left" if left is not None else ""
        parts.append(f"a control group allows {amount(memory.limit_bytes)}{rest}")
    return ", ".join(filter(None, parts))

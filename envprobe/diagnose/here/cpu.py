"""Whether this CPU has the instructions that a run lacked."""

from __future__ import annotations

import re

from envprobe.diagnose.here.doctor_view import found_by_doctor
from envprobe.diagnose.here.machine import Machine
from envprobe.diagnose.result import DiagnosisFinding, Here
from envprobe.inventory.cpu import X86_ISA, Cpu

NEEDED = "avx"  # what every official package of TensorFlow for x86 needs
NAME = re.compile(r"\b(?:SSE4[._][12]|AVX\w*|FMA3?|F16C|AMX\w+)\b", re.IGNORECASE)
SPELLED = {"fma3": "fma", "avx512": "avx512f", "avx512_f": "avx512f"}


def cpu_here(finding: DiagnosisFinding, machine: Machine) -> Here:
    """By the CPU's flags."""
    if machine.examined is None:
        return Here(answer="unknown", told=machine.unknown)
    cpu = machine.examined.inventory.cpu
    if cpu.isa is None or cpu.architecture != "x86_64":
        return Here(answer="unknown", told=_why_unknown(cpu))
    name = cpu.model or "this CPU"
    named = _named(finding)
    missing = [one for one in named or [NEEDED] if one not in cpu.isa]
    if missing:
        return Here(answer="confirmed", told=f"{name} has no {', '.join(missing)}")
    if by_doctor := found_by_doctor(finding.cause, machine.examined):
        return by_doctor
    if not named:
        told = f"{name} has {NEEDED}; which instruction it was, the log does not tell"
        return Here(answer="unknown", told=told)
    return Here(answer="contradicted", told=f"{name} has {', '.join(named)}")


def _why_unknown(cpu: Cpu) -> str:
    if cpu.isa is None:
        return f"this CPU's instructions are not known: {cpu.unknown.get('isa', 'not told')}"
    return f"this machine is {cpu.architecture}, which has other instructions"


def _named(finding: DiagnosisFinding) -> list[str]:
    """Those that the log names and that are looked for, as Linux spells them."""
    text = str(finding.fields.get("instructions") or finding.fields.get("instruction") or "")
    plain = (one.lower().replace(".", "_") for one in NAME.findall(text))
    names = [SPELLED.get(one, one) for one in plain]
    return [one for one in dict.fromkeys(names) if one in X86_ISA]

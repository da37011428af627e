"""Fields of a finding as numbers; rules give them as numbers or as the log spells them."""

from __future__ import annotations

import re

from envprobe.diagnose.result import DiagnosisFinding
from envprobe.diagnose.rules._sizes import bytes_of

GPU = re.compile(r"GPU:([0-9]{1,4})(?:[^0-9]|$)", re.IGNORECASE)


def bytes_told(finding: DiagnosisFinding, name: str) -> int | None:
    """`asked`, from `asked_bytes` or from its spelling; None where it is not told."""
    for field in (f"{name}_bytes", name):
        value = finding.fields.get(field)
        if isinstance(value, int | float):
            return int(value)
        if isinstance(value, str) and (found := bytes_of(value)) is not None:
            return found
    return None


def number_told(finding: DiagnosisFinding, name: str) -> int | None:
    """A plain whole number, not negative."""
    value = str(finding.fields.get(name, "")).strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def gpu_told(finding: DiagnosisFinding) -> int | None:
    """The number of the GPU that the log names, as TensorFlow counts them."""
    found = GPU.search(str(finding.fields.get("device", "")))
    return int(found[1]) if found else None

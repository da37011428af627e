"""Whether the GPUs that are known compute in a precision that a run's GPU could not."""

from __future__ import annotations

import re
from collections.abc import Mapping

from envprobe.diagnose.here.machine import Machine, gpus_here, gpus_unknown
from envprobe.diagnose.here.scans import Scans
from envprobe.diagnose.result import DiagnosisFinding, Here

CAPABILITY = re.compile(r"([0-9]{1,2})\.([0-9])")
MOST_TOLD = 5
Capabilities = Mapping[str, str | None]


def is_about_hardware(finding: DiagnosisFinding) -> bool:
    """Whether the log says which compute capability it takes."""
    return CAPABILITY.search(str(finding.fields.get("needed", ""))) is not None


def precision_here(finding: DiagnosisFinding, machine: Machine, scans: Scans) -> Here:
    """By the compute capabilities of the machines that were named, else of this one."""
    capabilities = _scanned(scans) if scans.given else _present(machine)
    if isinstance(capabilities, str):
        return Here(answer="unknown", told=capabilities)
    needed = str(finding.fields["needed"])
    least = _numbers(needed)
    numbers = [_numbers(told or "") for told in capabilities.values()]
    every = [
        f"{name} has {number or 'one that is not known'}" for name, number in capabilities.items()
    ]
    more = f" and {len(every) - MOST_TOLD} more" if len(every) > MOST_TOLD else ""
    told = f"compute capability {needed} is needed, {', '.join(every[:MOST_TOLD])}{more}"
    enough = {None if one is None or least is None else one >= least for one in numbers}
    if enough == {True}:
        return Here(answer="contradicted", told=told)
    return Here(answer="confirmed" if enough == {False} else "unknown", told=told)


def _present(machine: Machine) -> Capabilities | str:
    """By GPU; or why there is none."""
    if machine.inventory is None:
        return machine.unknown
    gpus = gpus_here(machine.inventory)
    if not gpus:
        return gpus_unknown(machine.inventory)
    return {gpu.name or "a GPU": gpu.compute_capability for gpu in gpus}


def _scanned(scans: Scans) -> Capabilities | str:
    profiles = scans.cluster.profiles if scans.cluster else ()
    lists = [scans.matrix.devices] if scans.matrix else [one.devices for one in profiles]
    gpus = [device for devices in lists for device in devices if device.device_type == "GPU"]
    if not lists:
        return scans.unknown
    return {gpu.model or gpu.name: gpu.compute_capability for gpu in gpus} or "no GPU was scanned"


def _numbers(text: str) -> tuple[int, int] | None:
    found = CAPABILITY.search(text)
    return (int(found[1]), int(found[2])) if found else None

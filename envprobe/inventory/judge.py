"""All findings on an inventory; a pure function of it, so that it can be judged anew."""

from __future__ import annotations

from envprobe.inventory.cpu import judge_cpu
from envprobe.inventory.cuda_visible import resolve_visible
from envprobe.inventory.inventory import Inventory
from envprobe.inventory.judge_gpu import judge_gpu, judge_visible
from envprobe.inventory.judge_nvml import judge_nvml
from envprobe.inventory.judge_software import judge_software
from envprobe.inventory.judge_tensorflow import judge_tensorflow
from envprobe.inventory.limits import judge_limits
from envprobe.inventory.memory import judge_memory
from envprobe.inventory.variables import judge_variables
from envprobe.terms import Finding, Severity

ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def judge_inventory(inventory: Inventory) -> tuple[Finding, ...]:
    """Every finding, errors first, then by code."""
    nvml, environ = inventory.nvml, inventory.environ
    seen = resolve_visible(nvml.gpus, environ)
    found = [
        *judge_nvml(nvml, inventory.pci_gpus, inventory.host.surroundings),
        *judge_visible(nvml.gpus, seen, environ),
        *(finding for gpu in nvml.gpus for finding in judge_gpu(gpu)),
        *judge_software(inventory.software, environ, bool(nvml.gpus)),
        *judge_variables(environ),
        *judge_cpu(inventory.cpu),
        *judge_memory(inventory.memory),
        *judge_limits(inventory.host.limits),
    ]
    if inventory.tensorflow is not None:
        visible = None if seen.targets is None else len(seen.targets)
        # Without a working NVML nothing is known about how many there should be.
        expected = visible if nvml.state == "ok" else None
        found += judge_tensorflow(inventory.tensorflow, nvml.gpus, expected, inventory.cpu)
    return tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.code, f.seen)))

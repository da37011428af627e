"""Secure Boot is on, and NVIDIA's module is not loaded."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import cut_off, nvidia_gpus
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml, host = examination.inventory.nvml, examination.inventory.host
    unbound = [gpu for gpu in nvidia_gpus(examination) if gpu.driver is None]
    if nvml.state == "driver_not_loaded" and unbound and host.secure_boot:
        yield Seen(seen=f"Secure Boot is on and {unbound[0].bus_id} has no driver")


def _unloaded(*, secure_boot: bool) -> Examination:
    one = cut_off(state="driver_not_loaded", reason="Driver Not Loaded", kernel_module_version=None)
    one = changed(one, "inventory.host.secure_boot", secure_boot)
    return changed(one, "inventory.pci_gpus.0.driver", None)


RULE = Rule(
    code="DOC155",
    name="secure-boot-with-unloaded-driver",
    severity=Severity.INFO,
    why="With Secure Boot the kernel loads only modules that are signed with a key it knows; a "
    "module built on this machine (dkms, NVIDIA's .run file) is not, until its key is enrolled. "
    "modprobe then says: Key was rejected by service.",
    fix="Enrol the key (mokutil --import, then confirm at the next start), use the distribution's "
    "signed modules, or turn Secure Boot off in the firmware.",
    source="https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/",
    detect=_detect,
    hits=(lambda: _unloaded(secure_boot=True),),
    misses=(healthy_gpu, lambda: _unloaded(secure_boot=False)),
)

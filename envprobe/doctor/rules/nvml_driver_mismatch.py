"""The driver's libraries are of another version than the kernel module that is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root, then
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._gpus import is_container
from envprobe.doctor.rules._nvml_states import NVML_CODES, said, with_nvml
from envprobe.terms import Severity

RELOAD = then(
    as_root("modprobe -r nvidia_uvm nvidia_drm nvidia_modeset nvidia"),
    as_root("modprobe -a nvidia nvidia_uvm"),
)


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml = examination.inventory.nvml
    # An image may bring a driver's libraries of its own: that has a rule of its own.
    if nvml.state != "version_mismatch" or told_by(examination, "DOC147"):
        return
    if is_container(examination):
        fix = "Restart the container, so that it gets the library of the host's driver."
        yield Seen(seen=said(nvml), fix=fix)
    else:
        yield Seen(seen=said(nvml), command=RELOAD)


def _mismatch(container: str = "none") -> Examination:
    machine = with_nvml(
        "version_mismatch",
        "driver/library version mismatch",
        kernel_module_version="550.54.15",
        device_nodes=("nvidia0", "nvidiactl", "nvidia-uvm"),
    )
    machine = changed(machine, "inventory.software.libraries", None)
    return changed(machine, "inventory.host.surroundings.container", container)


RULE = Rule(
    code="DOC103",
    name="nvml-driver-mismatch",
    severity=Severity.ERROR,
    why="The driver was updated and its old kernel module is still loaded: no program can open a "
    "GPU, and TensorFlow runs on the CPU.",
    fix="Reboot, or unload NVIDIA's kernel modules and load them again (no program may use the "
    "GPU meanwhile).",
    source=NVML_CODES,
    detect=_detect,
    hits=(_mismatch, lambda: _mismatch("docker")),
    misses=(healthy_gpu, lambda: with_nvml("failed", "NVML error 999: Unknown Error")),
)

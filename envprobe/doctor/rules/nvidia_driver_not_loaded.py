"""NVIDIA's libraries are there and its kernel module is not loaded."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._gpus import is_container
from envprobe.doctor.rules._nvml_states import (
    NVML_CODES,
    said,
    shows_gpu,
    with_nvml,
    without_gpu,
)
from envprobe.terms import Severity

# Another driver has the GPU, or a container was not given it.
CAUSES = ("DOC140", "DOC141", "DOC142", "DOC144", "DOC145")
SIGN_FIRST = (
    "Most likely Secure Boot refuses the module (secure-boot-with-unloaded-driver): mend that, "
    "then load the module nvidia."
)
REASON = "NVIDIA's kernel driver is not loaded"


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml = examination.inventory.nvml
    if nvml.state != "driver_not_loaded" or told_by(examination, *CAUSES):
        return
    if not shows_gpu(examination):
        # An image or a login node: libraries without a GPU are no fault.
        yield Seen(
            seen=f"{said(nvml)}, and there is no NVIDIA GPU on the bus",
            severity=Severity.INFO,
            why="The driver's libraries are there for a GPU that is not: TensorFlow will run on "
            "the CPU here.",
        )
        return
    if told_by(examination, "DOC155"):
        yield Seen(seen=said(nvml), fix=SIGN_FIRST)
        return
    loads = None if is_container(examination) else as_root("modprobe nvidia")
    yield Seen(seen=said(nvml), command=loads)


RULE = Rule(
    code="DOC105",
    name="nvidia-driver-not-loaded",
    severity=Severity.ERROR,
    why="The user-space libraries are there, the kernel module is not: no GPU can be opened.",
    fix="Load the module nvidia; when that fails, reinstall the driver for the running kernel "
    "(dkms, secure boot). In a container, load it on the host.",
    source=NVML_CODES,
    detect=_detect,
    hits=(
        lambda: with_nvml("driver_not_loaded", REASON),
        lambda: without_gpu(with_nvml("driver_not_loaded", REASON)),
    ),
    misses=(healthy_gpu, lambda: with_nvml("absent", "libnvidia-ml.so.1 cannot be loaded")),
)

"""The address space of this process is limited."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._causes import told_by
from envprobe.terms import Severity

WITHOUT_GPU = (
    "TensorFlow reserves several GiB more than it uses: with a low limit libraries are not mapped, "
    "or memory cannot be had although it is free."
)


def _detect(examination: Examination) -> Iterator[Seen]:
    space = examination.inventory.host.limits.address_space_bytes
    # When the limit has struck already, that is the error (library-not-mappable).
    if space is not None and not told_by(examination, "DOC626"):
        yield Seen(
            severity=None if examination.gpus else Severity.INFO,
            why=None if examination.gpus else WITHOUT_GPU,
            seen=f"address space limited to {space / GIB:.1f} GiB",
            command="ulimit -v unlimited",
        )


RULE = Rule(
    code="DOC306",
    name="address-space-limited",
    severity=Severity.WARNING,
    why="CUDA reserves address space for all GPU and host memory at start; with a limit it fails "
    "although memory is free.",
    fix="Remove the limit (batch systems: ask for memory, not vmem).",
    source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html"
    "#unified-virtual-address-space",
    detect=_detect,
    hits=(lambda: changed(healthy_cpu(), "inventory.host.limits.address_space_bytes", 16 * GIB),),
    misses=(healthy_cpu,),
)

"""The CPU, or what a virtual machine shows of it, lacks AVX."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    cpu = examination.inventory.cpu
    if cpu.architecture == "x86_64" and cpu.isa is not None and "avx" not in cpu.isa:
        yield Seen(seen=f"{cpu.model or 'the CPU'} shows no avx in /proc/cpuinfo")


RULE = Rule(
    code="DOC301",
    name="cpu-without-avx",
    severity=Severity.ERROR,
    why="The official x86 wheels use AVX since TensorFlow 1.6 and die with an illegal instruction "
    "while they are imported.",
    fix="In a virtual machine pass the host's CPU through (QEMU: -cpu host); on an older CPU build "
    "TensorFlow from source or use conda-forge.",
    source="https://www.tensorflow.org/install/pip#hardware_requirements",
    detect=_detect,
    hits=(lambda: changed(healthy_cpu(), "inventory.cpu.isa", ("sse4_1", "sse4_2")),),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.cpu.isa", None),
        lambda: changed(
            changed(healthy_cpu(), "inventory.cpu.isa", ("asimd",)),
            "inventory.cpu.architecture",
            "aarch64",
        ),
    ),
)

"""Programs of another architecture run here through an emulator."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._emulation import is_emulated
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if not is_emulated(examination):
        return
    inventory = examination.inventory
    platform = inventory.software.python.platform
    failed = examination.start_failure is not None
    yield Seen(
        seen=f"Python is for {platform}, the CPU is {inventory.cpu.architecture}",
        severity=Severity.ERROR if failed else None,
    )


def _emulated() -> Examination:
    return changed(healthy_cpu(), "inventory.cpu.architecture", "aarch64")


RULE = Rule(
    code="DOC336",
    name="architecture-emulated",
    severity=Severity.WARNING,
    why="Emulators (QEMU, Rosetta: a linux/amd64 image on an Arm Mac) lack AVX, with which "
    "TensorFlow's x86 wheels are compiled: the import dies with Illegal instruction, or runs many "
    "times slower.",
    fix="Use the image of this machine's architecture (docker --platform linux/arm64).",
    source="https://docs.docker.com/build/building/multi-platform/",
    detect=_detect,
    hits=(_emulated,),
    misses=(
        healthy_cpu,
        lambda: changed(_emulated(), "inventory.software.python.platform", "linux-aarch64"),
        lambda: changed(_emulated(), "inventory.cpu.architecture", None),
    ),
)

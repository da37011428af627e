"""The interpreter or the system is a 32-bit one."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

NARROW = ("i386", "i486", "i586", "i686", "armv6l", "armv7l", "win32")


def _detect(examination: Examination) -> Iterator[Seen]:
    inventory = examination.inventory
    platform = inventory.software.python.platform or ""
    machine = inventory.host.machine or ""
    if platform.rpartition("-")[2] in NARROW:
        yield Seen(seen=f"Python is for {platform}")
    elif machine in NARROW:
        yield Seen(seen=f"the kernel is for {machine}")


RULE = Rule(
    code="DOC338",
    name="thirty-two-bit",
    severity=Severity.ERROR,
    why="TensorFlow has wheels for 64-bit Python alone: pip finds no matching distribution.",
    fix="Install a 64-bit Python (on a Raspberry Pi a 64-bit system); or use TensorFlow Lite.",
    source="https://www.tensorflow.org/install/pip",
    detect=_detect,
    hits=(
        lambda: changed(healthy_cpu(), "inventory.software.python.platform", "win32"),
        lambda: changed(healthy_cpu(), "inventory.host.machine", "armv7l"),
    ),
    misses=(healthy_cpu, lambda: changed(healthy_cpu(), "inventory.host.machine", "aarch64")),
)

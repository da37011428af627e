"""WSL 1 has no way to the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    host = examination.inventory.host
    if host.surroundings.wsl == "wsl1":
        kernel = host.kernel or "its kernel's name"
        yield Seen(
            seen=f"{kernel} is WSL 1",
            command='wsl.exe --set-version "$WSL_DISTRO_NAME" 2',
        )


RULE = Rule(
    code="DOC150",
    name="wsl-version-1",
    severity=Severity.WARNING,
    why="WSL 1 translates system calls and passes no device on: whatever GPU Windows has, "
    "TensorFlow computes on the CPU here.",
    fix="Convert the distribution to WSL 2, in Windows.",
    source="https://learn.microsoft.com/en-us/windows/wsl/compare-versions",
    detect=_detect,
    hits=(
        lambda: changed(
            changed(healthy_cpu(), "inventory.host.surroundings.wsl", "wsl1"),
            "inventory.host.kernel",
            "4.4.0-19041-Microsoft",
        ),
    ),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.host.surroundings.wsl", "wsl2"),
    ),
)

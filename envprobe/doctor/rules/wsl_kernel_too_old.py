"""The kernel of WSL is older than CUDA asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

LEAST = (4, 19, 121)
ADVISED = (5, 10, 16)


def _detect(examination: Examination) -> Iterator[Seen]:
    host = examination.inventory.host
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", host.kernel or "")
    shows = examination.gpus or "dxg" in examination.inventory.nvml.device_nodes
    if host.surroundings.wsl != "wsl2" or not numbers or not shows:
        return
    version = tuple(map(int, numbers.groups()))
    if version < ADVISED:
        yield Seen(
            seen=f"WSL 2 with kernel {host.kernel}",
            severity=Severity.ERROR if version < LEAST else None,
            command="wsl.exe --update",
        )


def _kernel(name: str) -> Examination:
    wsl = changed(healthy_cpu(), "inventory.host.surroundings.wsl", "wsl2")
    wsl = changed(wsl, "inventory.nvml.device_nodes", ("dxg",))
    return changed(wsl, "inventory.host.kernel", name)


RULE = Rule(
    code="DOC335",
    name="wsl-kernel-too-old",
    severity=Severity.WARNING,
    why="CUDA in WSL takes kernel 4.19.121, and NVIDIA advises 5.10.16.3 or newer: older ones miss "
    "fixes without which programs hang or run slowly.",
    fix="Update WSL, in Windows, and start it anew (wsl --update, then wsl --shutdown).",
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    detect=_detect,
    hits=(
        lambda: _kernel("4.19.104-microsoft-standard"),
        lambda: _kernel("5.4.72-microsoft-standard-WSL2"),
    ),
    misses=(
        healthy_cpu,
        lambda: _kernel("5.15.153.1-microsoft-standard-WSL2"),
        lambda: changed(healthy_cpu(), "inventory.host.kernel", "4.18.0-553.el8"),
    ),
)

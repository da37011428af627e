"""WSL 2 does not show the GPUs of Windows."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import container
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    inventory = examination.inventory
    # A container shows only the devices that it was given.
    if inventory.host.surroundings.wsl != "wsl2" or container(examination):
        return
    if "dxg" not in inventory.nvml.device_nodes and not examination.gpus:
        yield Seen(seen=f"WSL 2 ({inventory.host.kernel or 'kernel unknown'}) without /dev/dxg")


def _wsl(*nodes: str) -> Examination:
    wsl = changed(healthy_cpu(), "inventory.host.surroundings.wsl", "wsl2")
    return changed(wsl, "inventory.nvml.device_nodes", nodes)


RULE = Rule(
    code="DOC151",
    name="wsl-without-gpu-device",
    severity=Severity.INFO,
    why="GPUs come into WSL through /dev/dxg. It is missing where Windows is older than 10 21H2, "
    "where WSL's kernel is old, where gpuSupport=false stands in .wslconfig, or where Windows has "
    "no GPU with a driver for it.",
    fix="In Windows: install NVIDIA's current driver, then wsl --update and wsl --shutdown.",
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    detect=_detect,
    hits=(_wsl,),
    misses=(healthy_cpu, lambda: _wsl("dxg")),
)

"""GPUs on the PCI bus and NVIDIA's kernel driver: what is there even when NVML is silent."""

from __future__ import annotations

import grp
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from envprobe.inventory.reading import entries, read_text

VENDORS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
# Class 0x03xxxx is a display controller, 0x1200xx a processing accelerator.
CLASSES = ("0x03", "0x1200")
OPENED_BY_CUDA = re.compile(r"nvidiactl|nvidia-uvm|nvidia[0-9]+|dxg")


class PciGpu(msgspec.Struct, frozen=True, kw_only=True):
    """A GPU or accelerator on the bus; `driver` is None, with the reason, when none is bound."""

    bus_id: str
    vendor: str
    device_id: str
    driver: str | None = None
    unknown: dict[str, str] = {}


class ClosedNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of /dev that this user may not both read and write; `mode` as `660`."""

    name: str
    group: str
    mode: str


@dataclass(frozen=True)
class PciAnswer:
    """(bus id, vendor, device, class, driver) of each function on the bus, and NVIDIA's driver."""

    functions: tuple[tuple[str, str, str, str, str | None], ...] = ()
    nvidia_version: str | None = None
    device_nodes: tuple[str, ...] = ()
    closed_nodes: tuple[ClosedNode, ...] = ()


def ask_pci(root: Path) -> PciAnswer:
    """Reads /sys/bus/pci, NVIDIA's version file, the names of /dev/nvidia* and WSL's /dev/dxg."""
    found = []
    for folder in entries(root, "sys/bus/pci/devices"):
        texts = [(read_text(folder, n) or "").strip() for n in ("vendor", "device", "class")]
        try:
            driver: str | None = (folder / "driver").readlink().name
        except OSError:
            driver = None
        found.append((folder.name, *texts, driver))
    nodes = tuple(n.name for n in entries(root, "dev") if n.name.startswith(("nvidia", "dxg")))
    version = read_text(root, "proc/driver/nvidia/version")
    return PciAnswer(
        functions=tuple(found),  # type: ignore[arg-type]
        nvidia_version=version,
        device_nodes=nodes,
        closed_nodes=tuple(_closed(nodes)) if root == Path("/") else (),
    )


def _closed(nodes: Iterable[str]) -> Iterator[ClosedNode]:
    """Only nodes that CUDA opens: displays and MIG's capabilities have others."""
    for name in filter(OPENED_BY_CUDA.fullmatch, nodes):
        node = Path("/dev", name)
        if node.exists() and not os.access(node, os.R_OK | os.W_OK):
            stat = node.stat()
            yield ClosedNode(name=name, group=_group(stat.st_gid), mode=f"{stat.st_mode & 0o777:o}")


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def parse_pci(answer: PciAnswer) -> tuple[PciGpu, ...]:
    """GPUs of the vendors that make them for computing; a PC's Intel display is none."""
    return tuple(
        PciGpu(
            bus_id=bus_id,
            vendor=VENDORS[vendor],
            device_id=device,
            driver=driver,
            unknown={} if driver else {"driver": "no kernel driver is bound to it"},
        )
        for bus_id, vendor, device, kind, driver in answer.functions
        if vendor in VENDORS and kind.startswith(CLASSES)
    )


def parse_kernel_module_version(text: str | None) -> str | None:
    """`535.104.05` out of /proc/driver/nvidia/version."""
    match = re.search(r"^NVRM version:.*?\s(\d{3,4}\.\d+(?:\.\d+)?)\s", text or "", re.M)
    return match[1] if match else None

"""The CPU: model, cores, and the instruction sets that decide TensorFlow's speed and support."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.arm import ARM_CORES, ARM_ISA
from envprobe.inventory.cgroup import Cgroup, parse_cpu_list
from envprobe.inventory.onednn import onednn_expected
from envprobe.inventory.reading import entries, read_text
from envprobe.inventory.unknown import reasons_for

# As /proc/cpuinfo spells them (linux/arch/x86/include/asm/cpufeatures.h).
X86_ISA = (
    "sse4_1",
    "sse4_2",
    "avx",
    "avx2",
    "fma",
    "f16c",
    "avx_vnni",
    "avx_vnni_int8",
    "avx_ne_convert",
    "avx512f",
    "avx512bw",
    "avx512cd",
    "avx512dq",
    "avx512vl",
    "avx512_bf16",
    "avx512_fp16",
    "avx512_vnni",
    "amx_tile",
    "amx_bf16",
    "amx_int8",
    "amx_fp16",
)


class Cpu(msgspec.Struct, frozen=True, kw_only=True):
    """The CPU as Linux describes it.

    architecture    `x86_64`, `aarch64`
    isa             names of /proc/cpuinfo that every core has, out of those that matter
    logical_cores   that are online; `usable_cores` those this process may be scheduled on
    quota_cores     the least of usable cores, cpuset and CPU quota: what can really be used
    onednn_expected what TensorFlow's own rule decides (`onednn.py`), before it is asked
    """

    model: str | None = None
    vendor: str | None = None
    architecture: str | None = None
    isa: tuple[str, ...] | None = None
    sockets: int | None = None
    physical_cores: int | None = None
    logical_cores: int | None = None
    usable_cores: int | None = None
    quota_cores: float | None = None
    numa_nodes: int | None = None
    onednn_expected: bool | None = None
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class CpuAnswer:
    """/proc/cpuinfo, this process's affinity, and each core's (package, core), unread."""

    cpuinfo: str | None = None
    status: str | None = None
    topology: dict[str, tuple[str, str]] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()


def ask_cpu(root: Path) -> CpuAnswer:
    """Reads /proc/cpuinfo and what /sys says of cores and memory nodes."""
    topology = {}
    for folder in entries(root, "sys/devices/system/cpu"):
        if re.fullmatch(r"cpu[0-9]+", folder.name):
            package = read_text(folder, "topology/physical_package_id")
            core = read_text(folder, "topology/core_id")
            if package is not None and core is not None:
                topology[folder.name] = (package.strip(), core.strip())
    nodes = entries(root, "sys/devices/system/node")
    return CpuAnswer(
        cpuinfo=read_text(root, "proc/cpuinfo"),
        status=read_text(root, "proc/self/status"),
        topology=topology,
        nodes=tuple(n.name for n in nodes if re.fullmatch(r"node[0-9]+", n.name)),
    )


def parse_cpuinfo(text: str) -> list[dict[str, str]]:
    """One mapping per logical core; keys that stand before the first core belong to it."""
    cores: list[dict[str, str]] = []
    rows: dict[str, str] = {}
    for line in [*text.splitlines(), ""]:
        key, colon, value = line.partition(":")
        if colon:
            rows[key.strip()] = value.strip()
        elif rows:
            if "processor" in rows:
                cores.append(rows)
            rows = {}
    return cores


def parse_cpu(answer: CpuAnswer, cgroup: Cgroup, environ: Mapping[str, str]) -> Cpu:
    """The CPU's fields, each None with its reason where Linux does not say."""
    cores = parse_cpuinfo(answer.cpuinfo or "")
    first = cores[0] if cores else {}
    places = set(answer.topology.values()) or _places(cores)
    usable = _usable(answer.status)
    bounds = [b for b in (usable, cgroup.cpuset_cores, cgroup.cpu_quota_cores) if b is not None]
    isa = _isa(cores)
    values: dict[str, Any] = {
        "model": _model(first),
        "vendor": first.get("vendor_id") or _arm_vendor(first),
        "architecture": _architecture(first),
        "isa": isa,
        "sockets": len({package for package, _ in places}) or None,
        "physical_cores": len(places) or None,
        "logical_cores": len(cores) or None,
        "usable_cores": usable,
        "quota_cores": float(min(bounds)) if bounds else None,
        "numa_nodes": len(answer.nodes) or None,
        "onednn_expected": onednn_expected(isa, _arm_core(first), environ) if cores else None,
    }
    missing = "/proc/cpuinfo " + ("does not say" if answer.cpuinfo else "cannot be read")
    reasons = {
        "usable_cores": "/proc/self/status does not say",
        "quota_cores": "neither affinity nor control groups can be read",
        "numa_nodes": "/sys/devices/system/node cannot be read",
        "physical_cores": "neither /sys nor /proc/cpuinfo tells the cores' places",
        "sockets": "neither /sys nor /proc/cpuinfo tells the cores' places",
    }
    return Cpu(**values, unknown=reasons_for(values, reasons, missing))


def _places(cores: list[dict[str, str]]) -> set[tuple[str, str]]:
    """(package, core) of each logical core, where /proc/cpuinfo has them (x86 only)."""
    pairs = {
        (c["physical id"], c["core id"]) for c in cores if "core id" in c and "physical id" in c
    }
    return pairs if all("core id" in core for core in cores) else set()


def _usable(status: str | None) -> int | None:
    match = re.search(r"^Cpus_allowed_list:\s*(\S+)", status or "", re.M)
    return len(parse_cpu_list(match[1])) or None if match else None


def _isa(cores: list[dict[str, str]]) -> tuple[str, ...] | None:
    """Only what every core has: a thread may be moved to any of them."""
    lists = [core.get("flags") or core.get("Features") for core in cores]
    if not lists or not all(lists):
        return None
    shared = set.intersection(*({*(names or "").split()} for names in lists))
    return tuple(name for name in (*X86_ISA, *ARM_ISA) if name in shared)


def _architecture(core: dict[str, str]) -> str | None:
    if "flags" in core:
        return "x86_64" if "lm" in core["flags"].split() else "i686"
    if "Features" in core:
        return "aarch64" if core.get("CPU architecture", "8") in ("8", "AArch64") else "armv7l"
    return None


def _arm_core(core: dict[str, str]) -> tuple[str, str]:
    return core.get("CPU implementer", ""), core.get("CPU part", "")


def _arm_vendor(core: dict[str, str]) -> str | None:
    return ARM_CORES.get(_arm_core(core), (None, None))[0] or core.get("CPU implementer")


def _model(core: dict[str, str]) -> str | None:
    name = core.get("model name") or core.get("Model")
    vendor, core_name = ARM_CORES.get(_arm_core(core), (None, None))
    return name or (f"{vendor} {core_name}" if core_name else None)

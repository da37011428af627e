"""What surrounds this system: a container, a virtual machine, WSL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from envprobe.inventory.reading import exists, read_text
from envprobe.inventory.unknown import reasons_for


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """`none` means looked for and not found, as systemd-detect-virt spells it.

    container        `docker`, `podman`, `kubernetes`, `lxc`, `apptainer`, `systemd-nspawn`, …
    virtual_machine  `kvm`, `vmware`, `hyperv`, `xen`, …; `vm-other` where the CPU says that
                     there is a hypervisor and nothing names it
    wsl              `wsl1`, `wsl2`
    """

    container: str | None = None
    virtual_machine: str | None = None
    wsl: str | None = None
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class SurroundingsAnswer:
    """Marks that container engines and hypervisors leave, unread."""

    marks: frozenset[str] = frozenset()
    files: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)


MARKS = (
    ".dockerenv",
    "run/.containerenv",
    ".singularity.d",
    "run/secrets/kubernetes.io",
    "var/run/secrets/kubernetes.io",
)
FILES = (
    "run/systemd/container",
    "proc/1/cgroup",
    "proc/sys/kernel/osrelease",
    "proc/version",
    "proc/cpuinfo",
    "sys/hypervisor/type",
    "sys/class/dmi/id/sys_vendor",
    "sys/class/dmi/id/product_name",
    "sys/class/dmi/id/board_vendor",
    "sys/class/dmi/id/bios_vendor",
)
VARIABLES = (
    "container",
    "KUBERNETES_SERVICE_HOST",
    "APPTAINER_CONTAINER",
    "SINGULARITY_CONTAINER",
)

# systemd, src/basic/virt.c: the same strings in the same DMI fields.
DMI_NAMES = (
    ("KVM", "kvm"),
    ("OpenStack", "kvm"),
    ("KubeVirt", "kvm"),
    ("Amazon EC2", "amazon"),
    ("QEMU", "qemu"),
    ("VMware", "vmware"),
    ("VMW", "vmware"),
    ("innotek GmbH", "virtualbox"),
    ("VirtualBox", "virtualbox"),
    ("Xen", "xen"),
    ("Bochs", "bochs"),
    ("Parallels", "parallels"),
    ("BHYVE", "bhyve"),
    ("Hyper-V", "hyperv"),
    ("Microsoft Corporation Virtual Machine", "hyperv"),
    ("Google Compute Engine", "google"),
    ("Google", "google"),
    ("Firecracker", "firecracker"),
)
MARK_NAMES = (
    (".singularity.d", "apptainer"),
    ("run/.containerenv", "podman"),
    (".dockerenv", "docker"),
)
CGROUP_NAMES = (
    ("kubepods", "kubernetes"),
    ("docker", "docker"),
    ("libpod", "podman"),
    ("containerd", "containerd"),
    ("/lxc", "lxc"),
    ("machine.slice/systemd-nspawn", "systemd-nspawn"),
)


def ask_surroundings(root: Path, environ: Mapping[str, str]) -> SurroundingsAnswer:
    """Looks for every mark and reads every file that could name the surroundings."""
    texts = {name: read_text(root, name) for name in FILES}
    return SurroundingsAnswer(
        marks=frozenset(name for name in MARKS if exists(root, name)),
        files={name: text for name, text in texts.items() if text is not None},
        environ={name: environ[name] for name in VARIABLES if name in environ},
    )


def parse_surroundings(answer: SurroundingsAnswer) -> Surroundings:
    """The three answers; None only where nothing could be read at all."""
    values = {
        "container": _container(answer),
        "virtual_machine": _virtual_machine(answer),
        "wsl": parse_wsl(_kernel(answer)),
    }
    reasons = {
        "virtual_machine": "neither firmware tables nor /proc/cpuinfo can be read",
        "wsl": "neither /proc/sys/kernel/osrelease nor /proc/version can be read",
    }
    return Surroundings(**values, unknown=reasons_for(values, reasons, "nothing could be read"))


def _container(answer: SurroundingsAnswer) -> str | None:
    if "KUBERNETES_SERVICE_HOST" in answer.environ or any("kubernetes" in m for m in answer.marks):
        return "kubernetes"
    if any(n.endswith("_CONTAINER") for n in answer.environ):
        return "apptainer"
    for mark, name in MARK_NAMES:
        if mark in answer.marks:
            return name
    named = answer.files.get("run/systemd/container", "") or answer.environ.get("container", "")
    if named.strip():
        return named.strip()
    first = answer.files.get("proc/1/cgroup")
    for mark, name in CGROUP_NAMES:
        if first and mark in first:
            return name
    # Without /proc nothing was really looked at.
    return "none" if answer.files else None


def _virtual_machine(answer: SurroundingsAnswer) -> str | None:
    if parse_wsl(_kernel(answer)) == "wsl2":
        return "hyperv"
    dmi = {n: t for n, t in answer.files.items() if n.startswith("sys/class/dmi/")}
    pair = " ".join(
        dmi.get(f"sys/class/dmi/id/{n}", "").strip() for n in ("sys_vendor", "product_name")
    )
    text = "\n".join([pair, *dmi.values()])
    for mark, name in DMI_NAMES:
        # "Google" alone is also the vendor of Chromebooks; those have no hypervisor.
        if mark in text and (mark != "Google" or _hypervisor_flag(answer)):
            return name
    if "xen" in answer.files.get("sys/hypervisor/type", ""):
        return "xen"
    if _hypervisor_flag(answer):
        return "vm-other"
    return "none" if dmi or "proc/cpuinfo" in answer.files else None


def _hypervisor_flag(answer: SurroundingsAnswer) -> bool:
    return bool(
        re.search(r"^flags\s*:.*\bhypervisor\b", answer.files.get("proc/cpuinfo", ""), re.M)
    )


def _kernel(answer: SurroundingsAnswer) -> str | None:
    return answer.files.get("proc/sys/kernel/osrelease") or answer.files.get("proc/version")


def parse_wsl(osrelease: str | None) -> str | None:
    """`wsl1`, `wsl2` or `none` from the kernel's release, as Microsoft spells it."""
    if osrelease is None:
        return None
    if "microsoft-standard" in osrelease or "WSL2" in osrelease:
        return "wsl2"
    return "wsl1" if "Microsoft" in osrelease else "none"

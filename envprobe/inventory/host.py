"""The operating system: distribution, kernel, libc, machine."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.cgroup import Cgroup
from envprobe.inventory.container import Surroundings
from envprobe.inventory.limits import Limits
from envprobe.inventory.reading import read_text
from envprobe.inventory.unknown import reasons_for

# UEFI specification, "Globally Defined Variables"; the kernel shows each as a file.
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """The operating system and what it allows this process.

    `machine` is spelled as `uname -m` does (`x86_64`, `aarch64`), `libc` as `glibc 2.36`.
    """

    hostname: str | None = None
    os: str | None = None
    os_id: str | None = None
    os_version: str | None = None
    kernel: str | None = None
    machine: str | None = None
    libc: str | None = None
    secure_boot: bool | None = None
    surroundings: Surroundings = Surroundings()
    cgroup: Cgroup = Cgroup()
    limits: Limits = Limits()
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class HostAnswer:
    """What the machine said, unread."""

    os_release: str | None
    hostname: str | None
    kernel: str | None
    machine: str | None
    libc: str | None
    secure_boot: str | None = None


def ask_host(root: Path) -> HostAnswer:
    """Reads the files that name the system; machine and libc only of the running one."""
    running = root == Path("/")
    release = read_text(root, "etc/os-release") or read_text(root, "usr/lib/os-release")
    system = platform.uname() if running else None
    return HostAnswer(
        os_release=release,
        # /proc/sys is hidden in some sandboxes; uname is not.
        hostname=system.node if system else read_text(root, "proc/sys/kernel/hostname"),
        kernel=system.release if system else read_text(root, "proc/sys/kernel/osrelease"),
        # Linux 6.1 and newer write it down.
        machine=system.machine if system else read_text(root, "proc/sys/kernel/arch"),
        libc=_running_libc() if running else None,
        secure_boot=read_text(root, SECURE_BOOT),
    )


def _running_libc() -> str | None:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (OSError, ValueError, AttributeError):
        return None  # musl and macOS do not know the name


def parse_host(answer: HostAnswer) -> Host:
    """The host's own fields; container, cgroup and limits are their own sources."""
    release = parse_os_release(answer.os_release or "")
    values: dict[str, Any] = {
        "hostname": _line(answer.hostname),
        "os": release.get("PRETTY_NAME") or release.get("NAME"),
        "os_id": release.get("ID"),
        "os_version": release.get("VERSION_ID"),
        "kernel": _line(answer.kernel),
        "machine": _line(answer.machine),
        "libc": _line(answer.libc),
        "secure_boot": parse_secure_boot(answer.secure_boot),
    }
    reasons = {
        "os_version": "/etc/os-release names no VERSION_ID",
        "os": "/etc/os-release is missing or names no system",
        "os_id": "/etc/os-release is missing or names no ID",
        "libc": "the C library does not say (musl), or this is not the running system",
        "secure_boot": "the firmware's variable cannot be read, or this is no UEFI system",
        "machine": "not the running system, and its kernel does not say",
    }
    return Host(**values, unknown=reasons_for(values, reasons, "/proc/sys/kernel does not say"))


def parse_os_release(text: str) -> dict[str, str]:
    """`NAME="value"` lines as a mapping; what is not such a line is passed over."""
    pairs = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)", line)
        if match:
            value = match[2].strip()
            quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
            pairs[match[1]] = value[1:-1] if quoted else value
    return pairs


def parse_secure_boot(text: str | None) -> bool | None:
    """The variable's value stands in its fifth byte, after four of attributes."""
    return {"\x00": False, "\x01": True}.get((text or "")[4:5])


def _line(text: str | None) -> str | None:
    return (text or "").strip() or None

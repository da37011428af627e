"""The tightest CPU quota and memory limit of all control groups that hold this process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from envprobe.inventory.reading import exists, read_text
from envprobe.inventory.unknown import all_unknown, reasons_for

# v1 writes "no limit" as the largest page-aligned number; nobody has a petabyte of memory.
NO_LIMIT_BYTES = 2**50
NO_LIMIT = "no limit is set"
FILES = {
    "": ("cpu.max", "memory.max", "memory.current", "cpuset.cpus.effective", "pids.max"),
    "cpu": ("cpu.cfs_quota_us", "cpu.cfs_period_us"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat"),
    "cpuset": ("cpuset.effective_cpus", "cpuset.cpus"),
    "pids": ("pids.max",),
}


class Cgroup(msgspec.Struct, frozen=True, kw_only=True):
    """What control groups leave to this process.

    version           `v1`, `v2`, `hybrid` (v1 controllers beside an empty v2 tree) or `none`
    cpu_quota_cores   CPU time per wall time, in cores (1.5 = one and a half)
    memory_left_bytes the least that any limited ancestor has left before it kills
    *_group           the group whose limit it is, as a folder of the machine
    """

    version: str | None = None
    cpu_quota_cores: float | None = None
    cpu_quota_group: str | None = None
    memory_limit_bytes: int | None = None
    memory_limit_group: str | None = None
    memory_left_bytes: int | None = None
    cpuset_cores: int | None = None
    pids_limit: int | None = None
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class Tree:
    """One hierarchy: its controller ("" is v2) and this process's folders, leaf first."""

    controller: str
    folders: tuple[str, ...]


@dataclass(frozen=True)
class CgroupAnswer:
    """`/proc/self/cgroup`, the mounts, and the limit files by their path, unread."""

    membership: str | None = None
    mountinfo: str | None = None
    files: dict[str, str] = field(default_factory=dict)


def ask_cgroup(root: Path) -> CgroupAnswer:
    """Reads the limit files of this process's groups and of all their ancestors."""
    membership = read_text(root, "proc/self/cgroup")
    mountinfo = read_text(root, "proc/self/mountinfo")
    files = {}
    for tree in cgroup_trees(membership or "", mountinfo or ""):
        for folder in tree.folders:
            if not exists(root, folder.lstrip("/")):
                continue  # seen from inside a container, the outer groups are not there
            for name in FILES[tree.controller]:
                text = read_text(root, f"{folder.lstrip('/')}/{name}")
                if text is not None:
                    files[f"{folder}/{name}"] = text
    return CgroupAnswer(membership=membership, mountinfo=mountinfo, files=files)


def cgroup_trees(membership: str, mountinfo: str) -> list[Tree]:
    """The hierarchies this process is in. cgroups(7) and proc(5) give the two formats."""
    mounts = _mounts(mountinfo)
    trees = []
    for line in membership.splitlines():
        parts = line.split(":", 2)
        if len(parts) != 3:
            continue
        known = [name for name in parts[1].split(",") if name in FILES and name in mounts]
        trees += [Tree(name, _folders(parts[2], *mounts[name])) for name in known]
    return trees


def _mounts(mountinfo: str) -> dict[str, tuple[str, str]]:
    """Controller -> (the group mounted, where). The first mount of a controller counts."""
    mounts: dict[str, tuple[str, str]] = {}
    for line in mountinfo.splitlines():
        left, separator, right = line.partition(" - ")
        fields, system = left.split(" "), right.split(" ")
        if not separator or len(fields) < 5 or not system[0].startswith("cgroup"):
            continue
        names = [""] if system[0] == "cgroup2" else system[-1].split(",")
        for name in names:
            mounts.setdefault(name, (_unescape(fields[3]), _unescape(fields[4])))
    return mounts


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), text)


def _folders(group: str, mounted: str, point: str) -> tuple[str, ...]:
    """The folders of `group` and its ancestors, as far up as the mount shows them."""
    inside = PurePosixPath("/")
    if mounted == "/":
        inside = PurePosixPath(group)
    elif group == mounted or group.startswith(f"{mounted}/"):
        inside = PurePosixPath("/" + group[len(mounted) :].lstrip("/"))
    if ".." in inside.parts or not inside.is_absolute():
        inside = PurePosixPath("/")  # a group outside of this namespace: only the mount is seen
    point = point.rstrip("/")
    return tuple(f"{point}{'' if str(p) == '/' else p}" for p in (inside, *inside.parents))


def parse_cgroup(answer: CgroupAnswer) -> Cgroup:
    """The tightest limits, each with the group that sets it."""
    if answer.membership is None:
        reason = "/proc/self/cgroup cannot be read"
        return all_unknown(Cgroup, reason)
    trees = cgroup_trees(answer.membership, answer.mountinfo or "")
    quota = min(_quotas(answer, trees), default=(None, None))
    limit = min(_limits(answer, trees), default=(None, None))
    values: dict[str, Any] = {
        "version": _version(trees),
        "cpu_quota_cores": quota[0],
        "cpu_quota_group": quota[1],
        "memory_limit_bytes": limit[0],
        "memory_limit_group": limit[1],
        "memory_left_bytes": min(_left(answer, trees), default=None),
        "cpuset_cores": _cpuset(answer, trees),
        "pids_limit": min(_pids(answer, trees), default=None),
    }
    reasons = {"cpuset_cores": "no cpuset group is visible"}
    return Cgroup(**values, unknown=reasons_for(values, reasons, NO_LIMIT))


def _version(trees: list[Tree]) -> str:
    v1 = any(tree.controller for tree in trees)
    v2 = any(not tree.controller for tree in trees)
    return {(True, True): "hybrid", (True, False): "v1", (False, True): "v2"}.get((v1, v2), "none")


def _texts(answer: CgroupAnswer, trees: list[Tree], name: str) -> list[tuple[str, str]]:
    """(folder, text) of the file `name` in every folder that has it."""
    return [
        (folder, answer.files[f"{folder}/{name}"].strip())
        for tree in trees
        if name in FILES[tree.controller]
        for folder in tree.folders
        if f"{folder}/{name}" in answer.files
    ]


def _quotas(answer: CgroupAnswer, trees: list[Tree]) -> list[tuple[float, str]]:
    found = []
    for folder, text in _texts(answer, trees, "cpu.max"):
        quota, period = [*text.split(), "", ""][:2]
        found.append((folder, quota, period or "100000"))
    periods = dict(_texts(answer, trees, "cpu.cfs_period_us"))
    for folder, text in _texts(answer, trees, "cpu.cfs_quota_us"):
        found.append((folder, text, periods.get(folder, "100000")))
    return [
        (int(quota) / int(period), folder)
        for folder, quota, period in found
        # "max" and -1 mean no limit
        if _is_number(quota) and _is_number(period) and int(period) > 0
    ]


def _limits(answer: CgroupAnswer, trees: list[Tree]) -> list[tuple[int, str]]:
    found = _texts(answer, trees, "memory.max") + _texts(answer, trees, "memory.limit_in_bytes")
    for folder, text in _texts(answer, trees, "memory.stat"):
        # v1 tells the tightest limit of the ancestors here even where they cannot be seen.
        match = re.search(r"^hierarchical_memory_limit (\d+)$", text, re.M)
        found += [(folder, match[1])] if match else []
    limits = [(int(text), folder) for folder, text in found if _is_number(text)]
    return [(bytes_, folder) for bytes_, folder in limits if bytes_ < NO_LIMIT_BYTES]


def _left(answer: CgroupAnswer, trees: list[Tree]) -> list[int]:
    used = dict(_texts(answer, trees, "memory.current"))
    used |= dict(_texts(answer, trees, "memory.usage_in_bytes"))
    return [
        max(limit - int(used[folder]), 0)
        for limit, folder in _limits(answer, trees)
        if _is_number(used.get(folder, ""))
    ]


def _pids(answer: CgroupAnswer, trees: list[Tree]) -> list[int]:
    return [int(text) for _, text in _texts(answer, trees, "pids.max") if _is_number(text)]


def _cpuset(answer: CgroupAnswer, trees: list[Tree]) -> int | None:
    for name in ("cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"):
        sizes = [len(parse_cpu_list(text)) for _, text in _texts(answer, trees, name) if text]
        if any(sizes):
            return min(size for size in sizes if size)
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def parse_cpu_list(text: str) -> frozenset[int]:
    """`0-3,8` as numbers (the kernel's list format); what is not a range is passed over."""
    found: set[int] = set()
    for part in text.strip().split(","):
        match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", part.strip())
        if match:
            found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return frozenset(found)

"""How often the kernel's out-of-memory killer has struck in this process's control group."""

from __future__ import annotations

from pathlib import Path


def oom_kills(root: Path = Path("/")) -> int | None:
    """The group's count of kills since it was made; None where the kernel does not tell.

    Read from `memory.events` (cgroup v2) or `memory.oom_control` (v1), key `oom_kill`:
    https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.events). The kernel counts a kill
    there whether the group's limit or the whole machine ran out.
    """
    counts = (_count_from_file(path) for path in _counter_files(root))
    return next((count for count in counts if count is not None), None)


def _counter_files(root: Path) -> list[Path]:
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    files = []
    for line in lines:
        hierarchy, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if hierarchy == "0" and controllers == "":
            mounts, name = ["sys/fs/cgroup", "sys/fs/cgroup/unified"], "memory.events"
        elif "memory" in controllers.split(","):
            mounts, name = ["sys/fs/cgroup/memory"], "memory.oom_control"
        else:
            continue
        # Inside a container the group's path may be the host's; then its files lie at the mount.
        files += [
            root / mount / place / name for mount in mounts for place in (group.lstrip("/"), "")
        ]
    return files


def _count_from_file(path: Path) -> int | None:
    try:
        return _count_from_text(path.read_text())
    except (OSError, ValueError):
        return None


def _count_from_text(text: str) -> int | None:
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key == "oom_kill":
            return int(value)
    return None

"""The kernel's count of out-of-memory kills, from recorded control-group files."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.probe.oom_kills import oom_kills


@pytest.mark.parametrize(
    ("groups", "file", "text", "count"),
    [
        ("0::/\n", "sys/fs/cgroup/memory.events", "low 0\noom 2\noom_kill 3\n", 3),
        ("0::/a/b\n", "sys/fs/cgroup/a/b/memory.events", "oom_kill 1\n", 1),
        ("0::/host/only\n", "sys/fs/cgroup/memory.events", "oom_kill 4\n", 4),
        (
            "5:cpu:/x\n4:memory:/x\n0::/x\n",
            "sys/fs/cgroup/memory/x/memory.oom_control",
            "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n",
            7,
        ),
        ("0::/\n", "sys/fs/cgroup/memory.events", "low 0\n", None),
        ("0::/\n", "sys/fs/cgroup/memory.events", "oom_kill many\n", None),
        ("garbage\n", "sys/fs/cgroup/memory.events", "oom_kill 1\n", None),
        ("0::/\n", "elsewhere", "", None),
    ],
)
def test_the_count(groups: str, file: str, text: str, count: int | None, tmp_path: Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(groups)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    assert oom_kills(tmp_path) == count


def test_no_control_groups_at_all(tmp_path: Path) -> None:
    assert oom_kills(tmp_path) is None

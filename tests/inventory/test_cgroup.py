from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.cgroup import (
    CgroupAnswer,
    ask_cgroup,
    cgroup_trees,
    parse_cgroup,
    parse_cpu_list,
)

MOUNT = "30 20 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"


def v2(group: str, limits: dict[str, str]) -> CgroupAnswer:
    files = {f"/sys/fs/cgroup{path}": text for path, text in limits.items()}
    return CgroupAnswer(membership=f"0::{group}\n", mountinfo=MOUNT, files=files)


def test_the_tightest_of_all_ancestors_counts() -> None:
    limits = {
        "/a/b/cpu.max": "300000 100000",
        "/a/cpu.max": "50000 100000",
        "/cpu.max": "max 100000",
        "/a/b/memory.max": "1000",
        "/a/memory.max": "2000",
        "/a/memory.current": "1900",
        "/a/b/memory.current": "100",
    }
    cgroup = parse_cgroup(v2("/a/b", limits))
    assert (cgroup.cpu_quota_cores, cgroup.cpu_quota_group) == (0.5, "/sys/fs/cgroup/a")
    assert (cgroup.memory_limit_bytes, cgroup.memory_limit_group) == (1000, "/sys/fs/cgroup/a/b")
    assert cgroup.memory_left_bytes == 100  # the wider limit is nearer to its end


def test_no_limit_is_none_with_that_reason() -> None:
    cgroup = parse_cgroup(v2("/", {"/cpu.max": "max 100000", "/memory.max": "max"}))
    assert cgroup.memory_limit_bytes is None
    assert cgroup.unknown["memory_limit_bytes"] == "no limit is set"


def test_no_cgroups_at_all() -> None:
    assert parse_cgroup(CgroupAnswer()).unknown["version"] == "/proc/self/cgroup cannot be read"


@pytest.mark.parametrize(
    ("group", "mounted", "folders"),
    [
        ("/", "/", ("/m",)),
        ("/a/b", "/", ("/m/a/b", "/m/a", "/m")),
        ("/docker/x", "/docker/x", ("/m",)),
        ("/docker/x/y", "/docker/x", ("/m/y", "/m")),
        ("/docker/xy", "/docker/x", ("/m",)),
        ("/../other", "/", ("/m",)),
    ],
)
def test_folders_of_a_group(group: str, mounted: str, folders: tuple[str, ...]) -> None:
    mounts = f"1 2 0:3 {mounted} /m rw shared:1 - cgroup2 none rw\n"
    assert cgroup_trees(f"0::{group}", mounts)[0].folders == folders


def test_a_mount_point_with_a_space(tmp_path: Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "my cg").mkdir()
    (tmp_path / "my cg/memory.max").write_text("4096\n")
    (tmp_path / "proc/self/cgroup").write_text("0::/\n")
    (tmp_path / "proc/self/mountinfo").write_text("1 2 0:3 / /my\\040cg rw - cgroup2 none rw\n")
    assert parse_cgroup(ask_cgroup(tmp_path)).memory_limit_bytes == 4096


@given(st.sets(st.integers(0, 300)))
def test_cpu_lists_round_trip(cpus: set[int]) -> None:
    assert parse_cpu_list(",".join(map(str, sorted(cpus)))) == cpus


def test_cpu_ranges() -> None:
    assert parse_cpu_list("0-2,7") == {0, 1, 2, 7}
    assert parse_cpu_list("junk,3-,5") == {5}


LINES = st.lists(st.sampled_from(["0::/a", "1:memory:/x", MOUNT, "::", "0:", "a b c - cgroup"]))


@given(st.text(), LINES, st.dictionaries(st.sampled_from(["/cpu.max", "/memory.max"]), st.text()))
def test_nothing_that_is_read_raises(text: str, lines: list[str], files: dict[str, str]) -> None:
    answer = v2("/", files)
    parse_cgroup(answer)
    parse_cgroup(
        CgroupAnswer(membership=text + "\n".join(lines), mountinfo=MOUNT + "\n".join(lines) + text)
    )

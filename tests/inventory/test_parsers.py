"""Parsers of the host's text files: examples, and anything at all without an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.cgroup import Cgroup
from envprobe.inventory.container import SurroundingsAnswer, parse_surroundings, parse_wsl
from envprobe.inventory.cpu import CpuAnswer, parse_cpu
from envprobe.inventory.host import parse_os_release, parse_secure_boot
from envprobe.inventory.limits import LimitsAnswer, parse_limits, parse_shm_size
from envprobe.inventory.memory import parse_memory
from envprobe.inventory.onednn import onednn_expected
from envprobe.inventory.pci import PciAnswer, parse_kernel_module_version, parse_pci

LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units
Max address space         1073741824           unlimited            bytes
Max open files            256                  4096                 files
Max stack size            unlimited            unlimited            bytes
"""


def test_limits() -> None:
    limits = parse_limits(LimitsAnswer(limits=LIMITS, shm_bytes=(64 << 20, 1)))
    assert (limits.open_files, limits.open_files_hard) == (256, 4096)
    assert limits.unknown["stack_bytes"] == "unlimited"
    assert limits.unknown["processes"] == "/proc/self/limits has no 'Max processes'"
    assert (limits.address_space_bytes, limits.shm_total_bytes) == (1 << 30, 64 << 20)


def test_the_size_of_shared_memory() -> None:
    row = "1 2 0:3 / /dev/shm rw - tmpfs shm rw,size=65536k,mode=1777"
    assert parse_shm_size(row) == 64 << 20
    assert parse_shm_size(row.replace("65536k", "1g")) == 1 << 30
    assert parse_shm_size(row.replace(",size=65536k", "")) is None


def test_memory_within_a_limit() -> None:
    text = "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n"
    memory = parse_memory(text, Cgroup(memory_limit_bytes=4 << 30, memory_left_bytes=1 << 30))
    assert (memory.total_bytes, memory.limit_bytes, memory.usable_bytes) == (
        16 << 30,
        4 << 30,
        1 << 30,
    )


def test_a_limit_above_the_memory_limits_nothing() -> None:
    text = "MemTotal: 1024 kB\nMemAvailable: 512 kB\n"
    memory = parse_memory(text, Cgroup(memory_limit_bytes=1 << 40, memory_left_bytes=1 << 40))
    assert (memory.limit_bytes, memory.usable_bytes) == (None, 512 * 1024)
    assert memory.unknown["limit_bytes"] == "the limit is above the memory there is"


def test_only_what_every_core_has_counts() -> None:
    text = "processor: 0\nflags: lm avx avx2\n\nprocessor: 1\nflags: lm avx\n"
    cpu = parse_cpu(CpuAnswer(cpuinfo=text), Cgroup(), {})
    assert (cpu.isa, cpu.logical_cores, cpu.architecture) == (("avx",), 2, "x86_64")


@pytest.mark.parametrize(
    ("isa", "switch", "expected"),
    [
        (("avx512f",), None, False),
        (("avx512_vnni",), None, True),
        (("avx_vnni",), "maybe", True),
        (("amx_tile",), "0", False),
        ((), "TRUE", True),
        (None, None, None),
        (None, "1", True),
    ],
)
def test_when_onednn_is_on(
    isa: tuple[str, ...] | None, switch: str | None, expected: bool | None
) -> None:
    environ = {} if switch is None else {"TF_ENABLE_ONEDNN_OPTS": switch}
    assert onednn_expected(isa, ("", ""), environ) is expected


def test_onednn_on_arm() -> None:
    assert onednn_expected(("asimd",), ("0x41", "0xd40"), {}) is True
    assert onednn_expected(("asimd",), ("0x41", "0xd0c"), {}) is False


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("5.15.146.1-microsoft-standard-WSL2", "wsl2"),
        ("4.4.0-19041-Microsoft", "wsl1"),
        ("6.1.0-18-amd64", "none"),
        (None, None),
    ],
)
def test_wsl(release: str | None, expected: str | None) -> None:
    assert parse_wsl(release) == expected


@pytest.mark.parametrize(
    ("answer", "container"),
    [
        (SurroundingsAnswer(marks=frozenset([".dockerenv"])), "docker"),
        (SurroundingsAnswer(marks=frozenset(["run/.containerenv"])), "podman"),
        (SurroundingsAnswer(environ={"KUBERNETES_SERVICE_HOST": "10.0.0.1"}), "kubernetes"),
        (SurroundingsAnswer(environ={"APPTAINER_CONTAINER": "/x.sif"}), "apptainer"),
        (SurroundingsAnswer(files={"run/systemd/container": "systemd-nspawn\n"}), "systemd-nspawn"),
        (SurroundingsAnswer(files={"proc/1/cgroup": "1:name=systemd:/lxc/c1"}), "lxc"),
        (SurroundingsAnswer(files={"proc/1/cgroup": "0::/init.scope"}), "none"),
        (SurroundingsAnswer(), None),
    ],
)
def test_containers(answer: SurroundingsAnswer, container: str | None) -> None:
    assert parse_surroundings(answer).container == container


def test_os_release() -> None:
    text = "# a comment\nNAME='Alpine Linux'\nID=alpine\nVERSION_ID=\"3.19\"\nbroken\n"
    assert parse_os_release(text) == {"NAME": "Alpine Linux", "ID": "alpine", "VERSION_ID": "3.19"}


@pytest.mark.parametrize(
    "line",
    [
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 2023",
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  535.129.03  Release Build",
    ],
)
def test_kernel_module_version(line: str) -> None:
    assert parse_kernel_module_version(f"{line}\nGCC version: gcc 11.4.0\n") == "535.129.03"


def test_only_gpus_are_taken_from_the_bus() -> None:
    rows = (
        ("0000:01:00.0", "0x10de", "0x2330", "0x030200", "nvidia"),
        ("0000:01:00.1", "0x10de", "0x22ba", "0x040300", "snd_hda_intel"),
        ("0000:02:00.0", "0x1af4", "0x1000", "0x020000", None),
    )
    assert [g.bus_id for g in parse_pci(PciAnswer(functions=rows))] == ["0000:01:00.0"]


@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    parse_limits(LimitsAnswer(limits=text, mountinfo=text))
    parse_memory(text, Cgroup())
    parse_cpu(CpuAnswer(cpuinfo=text, status=text), Cgroup(), {})
    parse_os_release(text)
    parse_kernel_module_version(text)
    parse_wsl(text)
    files = {"proc/cpuinfo": text, "proc/1/cgroup": text, "proc/version": text}
    parse_surroundings(SurroundingsAnswer(files=files))


@given(
    st.lists(st.tuples(st.sampled_from(["flags", "Features", "processor", "core id"]), st.text()))
)
def test_any_cpuinfo_is_read_without_an_exception(rows: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{key}\t: {value}" for key, value in rows)
    cpu = parse_cpu(CpuAnswer(cpuinfo=text, status=text), Cgroup(), {})
    assert all(cpu.unknown.values())


@pytest.mark.parametrize(
    ("text", "on"),
    [("\x06\x00\x00\x00\x01", True), ("\x06\x00\x00\x00\x00", False), ("", None), (None, None)],
)
def test_secure_boot_is_the_fifth_byte(text: str | None, on: bool | None) -> None:
    assert parse_secure_boot(text) is on


@pytest.mark.parametrize(("text", "rule"), [("0\n", "heuristic"), ("2\n", "strict"), ("x", None)])
def test_the_kernels_rule_for_promising_memory(text: str, rule: str | None) -> None:
    limits = parse_limits(LimitsAnswer(overcommit=text))
    assert limits.overcommit == rule
    assert (rule is None) == ("overcommit" in limits.unknown)


def test_what_is_promised_is_read_beside_its_limit() -> None:
    memory = parse_memory("CommitLimit:    8 kB\nCommitted_AS:   4 kB\n", Cgroup())
    assert (memory.commit_limit_bytes, memory.committed_bytes) == (8192, 4096)

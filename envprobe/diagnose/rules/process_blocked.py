"""The kernel reports that the process stands still in the system."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._collectives import SOURCES
from envprobe.terms import Cause

RULE = Rule(
    code="LOG726",
    name="process-blocked",
    cause=Cause.HANG_TIMEOUT,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"INFO: task (?P<task>[^:]+):(?P<pid>[0-9]+) blocked for more than "
            r"(?P<waited>[0-9]+) seconds"
        ),
        Pattern(
            r"BUG: soft lockup - CPU#[0-9]+ stuck for (?P<waited>[0-9]+)s! \[(?P<task>[^:\]]+)"
        ),
        Pattern(
            r"rcu: INFO: rcu_\w+ (?:self-)?detected stalls? on CPU", anchors=("rcu: INFO: rcu_",)
        ),
        Pattern(r"nfs: server (?P<server>\S+) not responding"),
    ),
    seen="the kernel says that a process stands still[: {task}][: {server} does not "
    "answer][, for more than {waited} seconds]",
    why="The process waits inside the kernel: for a disk or a network file system that "
    "does not answer, or for a driver that hangs.",
    fix="Look what it waits for (cat /proc/PID/stack, dmesg). Check mounts of network "
    "file systems, and for `Xid` in the kernel log; a hanging NVIDIA driver needs a "
    "reboot.",
    yields_to=("gpu-peer-access-blocked", *SOURCES),
    candidates=(
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT,
            check="Does dmesg show an Xid line before it?",
        ),
    ),
    source="https://docs.kernel.org/admin-guide/lockup-watchdogs.html",
    hits=(
        "[812345.678901] INFO: task python3:4711 blocked for more than 120 "
        "seconds.\n[812345.678902]       Not tainted 5.15.0-91-generic #101-Ubuntu",
    ),
    misses=("INFO: task finished in 120 seconds",),
)

"""The watched run was ended by SIGKILL, and nothing says that memory was the reason."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.diagnose.rules._run_end import (
    SPECIFIC,
    WAS_MEMORY,
    WAS_STOPPED,
    memory_fields,
    nearly_full,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    fields = memory_fields(sighting)
    if not nearly_full(sighting):
        return Reading(fields=fields)
    return Reading(
        fields=fields,
        cause=Cause.OOM_HOST,
        confidence=Confidence.LIKELY,
        candidates=(WAS_STOPPED,),
        seen="The run was killed (SIGKILL[, process {pid}]) when hardly any memory was left[: "
        "{bound} was in use].",
        why="Where memory runs out, the kernel, a scheduler or a guard like earlyoom ends a "
        "process. No counter and no log that may be read here says so, but the memory was nearly "
        "full.",
        fix=LESS_ON_HOST,
    )


RULE = Rule(
    code="LOG261",
    name="run-killed",
    cause=Cause.STOPPED_FROM_OUTSIDE,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"envprobe run: process (?P<pid>[0-9]+) ended by signal KILL"),
        Pattern(r"envprobe run: by its exit code, a process of the command ended by signal KILL"),
    ),
    seen="Somebody killed the run (SIGKILL[, process {pid}])[; memory was at {bound}].",
    why="SIGKILL comes from outside and leaves no message. A time limit, a watchdog, a scheduler "
    "or a person sends it, or the kernel for want of memory; no counter of the kernel that may be "
    "read here says that it was memory.",
    fix="Ask who it was: the scheduler (sacct, kubectl describe pod, the cloud's events), the "
    "kernel's log as root (dmesg -T), the people on the machine. Save checkpoints "
    "(tf.keras.callbacks.BackupAndRestore) to go on from.",
    candidates=(WAS_MEMORY,),
    yields_to=(
        *SPECIFIC,
        "run-out-of-memory",
        "host-killed-for-memory",
        "container-memory-limit",
        "job-memory-limit",
        "slurm-time-limit",
    ),
    source="https://man7.org/linux/man-pages/man7/signal.7.html",
    read=_read,
    hits=(
        "Epoch 1/3\nenvprobe run: process 4711 ended by signal KILL after 61.0 s\n"
        "envprobe run: memory at the end: 187593113 bytes in 3 processes of the run\n"
        "envprobe run: memory at the end: the machine had 9000000000 of 16000000000 bytes "
        "available",
        "envprobe run: process 4711 ended by signal KILL after 61.0 s\n"
        "envprobe run: memory at the end: the machine had 90000000 of 16000000000 bytes available",
        "envprobe run: by its exit code, a process of the command ended by signal KILL after 3.0 s",
    ),
    misses=("envprobe run: process 4711 ended by signal TERM after 61.0 s",),
)

"""While `envprobe run` watched, the kernel killed a process for want of memory."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.diagnose.rules._run_end import WAS_STOPPED, memory_fields
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields = memory_fields(sighting)
    if sighting.fields["where"] == "memory.events":
        return Reading(fields=fields)
    # The machine's counter tells of everybody's processes: it needs a kill of the run's own.
    if not log.has("run-killed-at-the-end"):
        return None
    return Reading(fields=fields, confidence=Confidence.LIKELY, candidates=(WAS_STOPPED,))


RULE = Rule(
    code="LOG260",
    name="run-out-of-memory",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"envprobe run: (?P<where>memory\.events|vmstat): oom_kill rose from "
            r"(?P<kills_before>[0-9]+) to (?P<kills>[0-9]+)"
        ),
    ),
    seen="The kernel killed a process of the run because the memory was used up[; shortly before, "
    "the run held {in_use} in {processes} processes][, and {bound} was in use].",
    why="Where the limit of the control group (a container, a Slurm job, a systemd unit) or the "
    "machine's memory is reached, Linux ends a process at once. It gets no error and can write "
    "none.",
    fix=LESS_ON_HOST + " The memory curve shows whether it grew all the time (a leak, a cache) or "
    "was too large from the start.",
    source="https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files",
    read=_read,
    hits=(
        "Epoch 1/3\n"
        "envprobe run: memory.events: oom_kill rose from 0 to 1\n"
        "envprobe run: process 4711 ended by signal KILL after 61.0 s\n"
        "envprobe run: memory at the end: 4187593113 bytes in 3 processes of the run\n"
        "envprobe run: memory at the end: the control group held 4187593113 of 4294967296 bytes\n"
        "envprobe run: kernel log: Memory cgroup out of memory: Killed process 4711 (python) "
        "total-vm:9000000kB, anon-rss:4000000kB",
        "envprobe run: vmstat: oom_kill rose from 7 to 8\n"
        "envprobe run: process 4711 ended by signal KILL after 61.0 s",
    ),
    misses=(
        "envprobe run: vmstat: oom_kill rose from 7 to 8\n"
        "envprobe run: the exit code was 3 after 61.0 s",
    ),
)

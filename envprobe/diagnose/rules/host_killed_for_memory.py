"""The kernel ended a process because the memory was used up."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.diagnose.rules._sizes import amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    resident = sighting.fields.get("resident_kib")
    if not resident:
        return Reading()
    return Reading(fields={"in_use": amount(int(resident) * 1024)})


RULE = Rule(
    code="LOG232",
    name="host-killed-for-memory",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"[Oo]ut of memory(?: \(oom_kill_allocating_task\))?: Kill(?:ed)? process "
            r"(?P<pid>[0-9]+)"
            r",? ?\((?P<process>[^)]+)\)(?:.*?anon-rss:(?P<resident_kib>[0-9]+)kB)?",
            anchors=("ut of memory",),
        ),
        Pattern(
            r"Killed process (?P<pid>[0-9]+),? ?\((?P<process>[^)]+)\).*?anon-rss:"
            r"(?P<resident_kib>[0-9]+)kB"
        ),
        Pattern(r"(?P<process>[\w./:-]+) invoked oom-killer:"),
        Pattern(r"oom-kill:constraint=(?P<constraint>\w+).*?(?:task=(?P<process>[^,]+))?"),
        Pattern(r"oom_reaper: reaped process (?P<pid>[0-9]+) \((?P<process>[^)]+)\)"),
        Pattern(r"killed by the OOM killer"),
        Pattern(r"systemd-oomd\[[0-9]+\]: Killed (?P<process>\S+)"),
        Pattern(r"due to memory (?:used|pressure).{0,80}(?:killed|being greater|for >)"),
        Pattern(r"earlyoom.{0,40}sending SIG(?:TERM|KILL) to process (?P<pid>[0-9]+)"),
        Pattern(r"low on memory.{0,60}(?:killed|jetsam)"),
        Pattern(r"memory\.events.{0,20}oom_kill [1-9]"),
    ),
    seen="The kernel ended the process[ {process}][ ({pid})], because the computer's memory was "
    "used up[; it held {in_use}].",
    why="Where memory and swap are full, Linux ends the process that uses most. The program "
    "itself gets no error and can write none.",
    fix=LESS_ON_HOST + " Watch the memory grow with `envprobe run` or top to see whether it leaks "
    "(it grows every epoch) or is too large from the start.",
    source="https://www.kernel.org/doc/html/latest/admin-guide/mm/concepts.html#oom-killer",
    read=_read,
    hits=(
        "[ 9912.345678] Out of memory: Killed process 4711 (python3) total-vm:71234567kB, "
        "anon-rss:62345678kB, file-rss:1234kB, shmem-rss:0kB, UID:1000 pgtables:123456kB "
        "oom_score_adj:0",
        "[Mon Mar  2 03:04:05 2020] python invoked oom-killer: gfp_mask=0x100cca"
        "(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
    ),
    misses=(
        "Killed process 4711 (trainer) at the user's request",
        "RuntimeError: CUDA error: out of memory",
    ),
)

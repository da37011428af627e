"""The watched run used memory that could not be provided (SIGBUS): a full /dev/shm, a cut file."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._run_end import SPECIFIC
from envprobe.diagnose.rules._sizes import amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

FULL = r"/dev/shm had (?P<free>[0-9]+) of (?P<total>[0-9]+) bytes free"  # noqa: S108


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    found = compiled(FULL).search(sighting.text)
    if not found:
        return Reading()
    fields = {"free": amount(int(found["free"])), "total": amount(int(found["total"]))}
    return Reading(fields=fields, confidence=Confidence.LIKELY)


RULE = Rule(
    code="LOG264",
    name="run-bus-error",
    cause=Cause.OOM_HOST,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"envprobe run: process (?P<pid>[0-9]+) ended by signal BUS"),
        Pattern(r"envprobe run: by its exit code, a process of the command ended by signal BUS"),
    ),
    seen="The run crashed on memory that could not be provided (SIGBUS[, process {pid}])[; "
    "/dev/shm had {free} of {total} left].",
    why="A file that is used as memory had no room or was cut off: mostly /dev/shm, through which "
    "worker processes hand over their data, and which has 64 MB in a container unless told "
    "otherwise; or a data file on a disk that is full or was replaced while it was read.",
    fix="Start the container with --shm-size=8g or --ipc=host (in Kubernetes: an emptyDir with "
    "medium Memory at /dev/shm), or use threads instead of worker processes. Look with `df -h` for "
    "full disks.",
    candidates=(Candidate(cause=Cause.DISK_FULL, check="Does `df -h` show a full disk?"),),
    yields_to=SPECIFIC,
    source="https://man7.org/linux/man-pages/man2/mmap.2.html",
    read=_read,
    hits=(
        "Epoch 1/3\nenvprobe run: process 4711 ended by signal BUS after 6.0 s\n"
        "envprobe run: /dev/shm had 0 of 67108864 bytes free at the end",
    ),
    misses=("envprobe run: process 4711 ended by signal SEGV after 6.0 s",),
)

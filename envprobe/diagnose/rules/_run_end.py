"""What rules about a watched run share: how the memory stood, how to tell causes apart."""

from __future__ import annotations

from envprobe.diagnose.pattern import compiled
from envprobe.diagnose.rule import Candidate
from envprobe.diagnose.rules._ends import ends_but
from envprobe.diagnose.rules._sizes import amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

RUN = r"memory at the end: (?P<resident>[0-9]+) bytes in (?P<processes>[0-9]+) processes"
GROUP = r"memory at the end: the control group held (?P<held>[0-9]+) of (?P<limit>[0-9]+) bytes"
MACHINE = r"memory at the end: the machine had (?P<free>[0-9]+) of (?P<total>[0-9]+) bytes"
# So much of it in use half a second before the end speaks for memory.
NEARLY_ALL = 0.9

SPECIFIC = ends_but(Cause.STOPPED_FROM_OUTSIDE, Cause.OOM_HOST)
WAS_MEMORY = Candidate(
    cause=Cause.OOM_HOST,
    check="Does `dmesg -T | grep -i 'out of memory'` (as root), the scheduler (`sacct -j JOB -o "
    "State,MaxRSS`, `kubectl describe pod`) or the container's log tell of memory?",
)
WAS_STOPPED = Candidate(
    cause=Cause.STOPPED_FROM_OUTSIDE,
    check="Did a time limit, a watchdog, a scheduler or a person end it (`kill -9`)?",
)


def memory_fields(sighting: Sighting) -> dict[str, str | int | float]:
    """`in_use`, `processes`, `limit`, `bound`: how the memory stood at the end, as far as told."""
    near = f"{sighting.before}\n{sighting.text}"
    run, group, machine = (compiled(one).search(near) for one in (RUN, GROUP, MACHINE))
    fields: dict[str, str | int | float] = {}
    if run:
        fields |= {"in_use": amount(int(run["resident"])), "processes": int(run["processes"])}
    if group:
        held, limit = int(group["held"]), int(group["limit"])
        fields |= {"bound": f"{amount(held)} of the limit of {amount(limit)}"}
    elif machine:
        free, total = int(machine["free"]), int(machine["total"])
        fields |= {"bound": f"{amount(total - free)} of the machine's {amount(total)}"}
    return fields


def nearly_full(sighting: Sighting) -> bool:
    """Whether the limit, or the machine, had hardly anything left."""
    near = f"{sighting.before}\n{sighting.text}"
    group, machine = (compiled(one).search(near) for one in (GROUP, MACHINE))
    if group and int(group["held"]) > NEARLY_ALL * int(group["limit"]):
        return True
    return bool(machine and int(machine["free"]) < (1 - NEARLY_ALL) * int(machine["total"]))

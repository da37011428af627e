"""The launcher says that one of its processes failed."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, NAMED, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

KILLED = "9"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    if sighting.fields.get("signal") == KILLED:
        return Reading(cause=Cause.OOM_HOST, candidates=(COLLECTIVE,))
    return Reading()


RULE = Rule(
    code="LOG723",
    name="launcher-reports-failure",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.WRAPPER,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"MPI_ABORT was invoked on rank (?P<failed_rank>[0-9]+)"),
        Pattern(
            r"mpi(?:run|exec) noticed that process rank (?P<failed_rank>[0-9]+) "
            r".{0,120}exited on signal (?P<signal>[0-9]+)",
            anchors=("noticed that process rank",),
        ),
        Pattern(
            r"mpi(?:run|exec) detected that one or more processes exited with non-zero",
            anchors=("detected that one or more processes",),
        ),
        Pattern(r"Primary job +terminated normally, but"),
        Pattern(r"BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES"),
        Pattern(
            r"srun: error: (?P<host>\S+): tasks? (?P<failed_rank>[0-9,-]+): Exited with exit "
            r"code (?P<code>[0-9]+)"
        ),
        Pattern(
            r"srun: (?:Force )?[Tt]erminat(?:ed|ing) (?:StepId|job step)",
            anchors=("srun: Terminat", "srun: terminat", "srun: Force "),
        ),
        Pattern(r"ChildFailedError"),
        Pattern(r"tensorflow/core/distributed_runtime/.{0,120}ABORTED"),
    ),
    seen="the launcher reports that a process failed[: rank {failed_rank}][ on {host}][, "
    "exit code {code}][, signal {signal}]",
    why="mpirun, srun and others end all processes when one fails. Which one, they say; "
    "why, only that process's output says.",
    fix="Read the output of the rank that is named, above this line. Keep the ranks' outputs apart "
    "(mpirun --output-filename DIR, srun --output=%t.log). Signal 9 is mostly a kill for memory.",
    yields_to=(
        *NAMED,
        "nccl-failed",
        "horovod-shut-down",
        "peer-connection-lost",
        "peer-heartbeat-lost",
        "cluster-not-formed",
        "collective-aborted",
        *SOURCES,
    ),
    candidates=(OTHER_RANK, COLLECTIVE),
    source="https://docs.open-mpi.org/en/main/launching-apps/index.html",
    read=_read,
    hits=(
        "--------------------------------------------------------------------------\nPrima"
        "ry job  terminated normally, but 1 process returned\na non-zero exit code. Per "
        "user-direction, the job has been aborted.",
    ),
    misses=("srun: job 4711 queued and waiting for resources",),
)

"""Somebody else ended the job: a preemption, a node's shutdown, a signal."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._ends import ends_but
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """That a run looks out for a preemption says nothing of one."""
    return None if "Watching " in sighting.line.text else Reading()


RULE = Rule(
    code="LOG725",
    name="job-stopped-from-outside",
    cause=Cause.STOPPED_FROM_OUTSIDE,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"CANCELLED AT (?P<when>\S+) DUE TO (?P<why>PREEMPTION|NODE FAILURE|JOB "
            r"REQUEUE|[A-Z ]*FAILURE)"
        ),
        Pattern(r"slurmstepd: error: \*\*\* (?:JOB|STEP) .{0,80}CANCELLED AT (?P<when>\S+) \*\*\*"),
        Pattern(
            r"(?:SIGTERM caught|[Rr]eceived (?:signal "
            r")?(?P<why>SIGTERM|SIGINT|SIGHUP)|[Cc]aught SIGTERM)",
            anchors=("SIGTERM caught", "aught SIGTERM", "eceived SIG", "eceived signal SIG"),
        ),
        Pattern(
            r"terminat(?:ed|ion) (?:by|on|with|due to) signal (?:15|SIGTERM)", anchors=(" signal ",)
        ),
        Pattern(
            r"exit(?:ed)? (?:with )?(?:code|status)[ :=]+143\b",
            anchors=("code 143", "code: 143", "code=143", "code:143", "status 143", "status=143"),
        ),
        Pattern(r"interrupted by signal 15"),
        Pattern(
            r"(?P<why>[Pp]reempt(?:ed|ion)).{0,60}(?:notice|signal|instance|node|worker|receiv"
            r"ed|by the scheduler)",
            anchors=("reempted", "reemption"),
        ),
        Pattern(
            r"(?P<why>termination notice|Spot [Ii]nstance (?:interruption|termination)|node "
            r"is shutting down)",
            anchors=(
                "termination notice",
                "Spot instance",
                "Spot Instance",
                "node is shutting down",
            ),
        ),
        Pattern(
            r"PreemptionCheckpointHandler.{0,80}(?P<why>received|notice)",
            anchors=("PreemptionCheckpointHandler",),
        ),
        Pattern(
            r"[Rr]eason: +(?P<why>Evicted|Preempted|Preempting)\b", anchors=(" Evicted", " Preempt")
        ),
        Pattern(r"^Terminated\s*$", anchors=("Terminated",)),
    ),
    seen="the job was ended from outside[: {why}][ ({when})]",
    why="The process got a signal to end: its machine was taken back, the scheduler or a "
    "user cancelled it, or a watchdog found it too slow. The program itself did not "
    "fail.",
    fix="Ask who ended it: sacct -j JOB, kubectl describe pod, the cloud's events. Save "
    "checkpoints often and go on from the last one "
    "(tf.keras.callbacks.BackupAndRestore, "
    "tf.distribute.experimental.PreemptionCheckpointHandler).",
    yields_to=(
        "slurm-time-limit",
        "horovod-ranks-stalled",
        "collective-timed-out",
        "cluster-not-formed",
        "nccl-collective-failure",
        *ends_but(Cause.STOPPED_FROM_OUTSIDE),
    ),
    candidates=(
        Candidate(
            cause=Cause.OOM_HOST,
            check="Does the scheduler say OUT_OF_MEMORY or OOMKilled, or dmesg `Out of memory`?",
        ),
    ),
    source="https://www.tensorflow.org/guide/migrate/fault_tolerance",
    hits=(
        "slurmstepd: error: *** JOB 4711 ON node3 CANCELLED AT 2023-04-05T06:07:08 DUE TO "
        "PREEMPTION ***",
        "Process finished with exit code 143 (interrupted by signal 15: SIGTERM)",
    ),
    read=read,
    misses=(
        "INFO:tensorflow:Watching preemption signal.\n",
        "tsl/distributed_runtime/preemption/preemption_notifier.cc:68] Watching for SIGTERM",
    ),
)

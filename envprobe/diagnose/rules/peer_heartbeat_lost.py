"""Another process of the job stopped sending signs of life."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import NAMED, NETWORK, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

TASK = r"/job:\S+/task:[0-9]+"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    if "peer" in sighting.fields:
        return Reading()
    peer = compiled(TASK).search(sighting.after.partition("\n")[0])  # the list begins there
    return Reading(fields={"peer": peer.group(0)} if peer else {})


RULE = Rule(
    code="LOG714",
    name="peer-heartbeat-lost",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"(?:[Tt]ask (?P<peer>\S+) )?heartbeat timeout\. This indicates that the remote task"
        ),
        Pattern(r"tasks are unhealthy \(stopped sending heartbeats\)"),
        Pattern(r"Stopping coordination service as heartbeat has timed out for (?P<peer>\S+)"),
        Pattern(r"(?P<peer>/job:\S+/task:[0-9]+) has been set to ERROR in coordination service"),
        Pattern(r"Failed to send RPC to coordination service"),
        Pattern(
            r"Terminating process because the (?:JAX distributed service|coordination service)"
        ),
        Pattern(r"[Ll]eader incarnation ID mismatch", anchors=("eader incarnation ID mismatch",)),
        Pattern(
            r"[Pp]olled an error from (?:the )?coordination service",
            anchors=("olled an error from ",),
        ),
        Pattern(r"Barrier failed (?:from a disconnected task|from a task error|because)"),
        Pattern(r"Coordination agent is (?:set to|in) (?:ERROR|error)"),
    ),
    seen="the job's coordination service lost a process[: {peer}]",
    why="Every process reports to the leader once in a while. One has not for longer than "
    "allowed: it crashed, was killed or preempted, or hangs. The others are then "
    "ended as well.",
    fix="Find the process that was lost and read its log up to its last line; ask the "
    "scheduler what ended it (sacct, kubectl describe pod, dmesg). Restart the job "
    "from its last checkpoint.",
    yields_to=(*NAMED, "nccl-failed", "cluster-not-formed", *SOURCES),
    candidates=(
        OTHER_RANK,
        NETWORK,
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT,
            check="Does the kernel log of the lost host show an Xid line?",
        ),
    ),
    source="tensorflow/tsl/distributed_runtime/coordination/coordination_service.cc",
    read=_read,
    hits=(
        "2023-08-09 10:11:12.1: E "
        "tensorflow/tsl/distributed_runtime/coordination/coordination_service.cc:1090] "
        "/job:worker/replica:0/task:3 has been set to ERROR in coordination service: "
        "UNAVAILABLE: Task /job:worker/replica:0/task:3 heartbeat timeout. This indicates "
        "that the remote task has failed, got preempted, or crashed unexpectedly.",
    ),
    misses=(
        "I coordination_service.cc:535] /job:worker/task:0 has connected to coordination service.",
    ),
)

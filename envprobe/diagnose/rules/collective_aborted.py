"""A collective op was given up because something else had failed."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._collectives import NAMED, NETWORK, OTHER_RANK, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

HARMLESS = ("End of sequence", "RecvAsync is cancelled", "Cancelled")


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    error = sighting.fields.get("error", "")
    return None if any(text in error for text in HARMLESS) else Reading()


RULE = Rule(
    code="LOG710",
    name="collective-aborted",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.WRAPPER,
    patterns=(
        Pattern(r"Collective ops is aborted by: (?P<error>[^\n]+)"),
        Pattern(r"CollectiveExecutor::StartAbort (?P<error>.+)"),
        Pattern(r"Aborting Ring(?:Reduce|Gather) with (?P<error>.+)"),
        Pattern(r"The error could be from a previous operation\. Restart your program to reset"),
        Pattern(r"Cluster check alive failed, (?P<peer>\S+) is down, aborting collectives"),
        Pattern(r"OP_REQUIRES failed at collective_ops\.cc:[0-9]+ : (?P<error>.+)"),
        Pattern(r"NcclManager already aborted, ignoring subsequent StartAbort with (?P<error>.+)"),
    ),
    seen="TensorFlow gave its collective ops up[: {error}][ because {peer} is down]",
    why="When one process or one GPU of a strategy fails, all collective ops of the "
    "others are ended with its error. The cause is that first error.",
    fix="Find the first error: in this log above this line, otherwise in the log of the "
    "process that is named or that ended first. Where no process failed, the network "
    "between them did: check ports, proxies and NCCL_SOCKET_IFNAME.",
    yields_to=(
        *NAMED,
        "nccl-failed",
        "peer-connection-lost",
        "peer-heartbeat-lost",
        "cluster-not-formed",
        *SOURCES,
    ),
    candidates=(OTHER_RANK, NETWORK),
    source="tensorflow/core/common_runtime/base_collective_executor.cc",
    read=_read,
    hits=(
        "UnknownError: Collective ops is aborted by: peer was restarted\nThe error could be from a "
        "previous operation. Restart your program to reset. [Op:CollectiveReduceV2]",
    ),
    misses=(
        "2020-03-04 05:06:07.1: W tensorflow/core/common_runtime/base_collective_executor.cc:217] "
        "BaseCollectiveExecutor::StartAbort Out of range: End of sequence",
    ),
)

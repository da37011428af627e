"""More GPUs want direct access to each other than CUDA allows."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

DATA = Candidate(
    cause=Cause.DATA_PIPELINE,
    check="Does it run on eight GPUs (CUDA_VISIBLE_DEVICES)? Where it does not, the data "
    "ended early.",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    if "replica" not in sighting.fields:
        return Reading()
    # The number alone proves nothing: it is the likeliest reason where nothing else is told.
    return Reading(
        kind=Kind.DEGRADED,
        confidence=Confidence.POSSIBLE,
        seen="a collective op was given up in a job of more than eight GPUs in one process "
        "(replica {replica})",
        candidates=(DATA,),
    )


RULE = Rule(
    code="LOG705",
    name="too-many-peer-gpus",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"CUDA_ERROR_TOO_MANY_PEERS"),
        Pattern(r"cudaErrorTooManyPeers"),
        Pattern(r"peer mapping resources exhausted"),
        Pattern(
            r"(?:GroupCrossDeviceControlEdges|replica)_(?P<replica>[89]|[1-9][0-9])/",
            anchors=("GroupCrossDeviceControlEdges_", "[[replica_", "node replica_"),
            before=(r"CollectiveExecutor::StartAbort",),
        ),
    ),
    seen="CUDA has no more peer connections to give",
    why="A GPU can have direct access to at most eight others. With more GPUs in one "
    "machine, or with other programs that use peer access, the limit is reached.",
    fix="Use at most eight GPUs for one process, or NCCL_P2P_DISABLE=1, and end other "
    "programs that hold peer connections (an X server on all GPUs).",
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__PEER__ACCESS.html",
    read=_read,
    hits=(
        "2021-02-03 04:05:06.1: W tensorflow/core/common_runtime/gpu/gpu_device.cc:1] "
        "Internal: failed to enable peer access from 0x7f01 to 0x7f02: "
        "CUDA_ERROR_TOO_MANY_PEERS: peer mapping resources exhausted",
    ),
    misses=("Enabled peer access from GPU 0 to GPU 1",),
)

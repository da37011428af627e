"""The user's or the project's share of the disk is used up."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG251",
    name="disk-quota-exceeded",
    cause=Cause.DISK_FULL,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"(?P<path>[^\s:;'\"]{2,400}); [Dd]isk quota exceeded",
            anchors=("isk quota exceeded",),
        ),
        Pattern(
            r"(?i)\bdisk quota exceeded(?:: b?['\"](?P<path>[^'\"]+))?",
            anchors=("isk quota exceeded", "Disk Quota Exceeded"),
        ),
        Pattern(r"errno = 122\b"),
        Pattern(r"\bEDQUOT\b"),
    ),
    seen="Your quota on this disk is used up[: {path} could not be written].",
    why="The disk itself has room, but the share that this user or project may use is full; on "
    "clusters home directories have small ones.",
    fix="See with `quota -s` or the cluster's own command what is used. Delete old checkpoints, "
    "environments and caches (~/.cache, ~/.keras, ~/tensorflow_datasets), or write to the scratch "
    "disk.",
    source="tensorflow/tsl/platform/default/posix_file_system.cc",
    hits=(
        "OSError: [Errno 122] Disk quota exceeded: '/home/lee/.keras/datasets'",
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: /home/lee/logs/train/"
        "events.out.tfevents.1700000000.n1.77.0.v2; Disk quota exceeded",
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: disk quota exceeded "
        "[Op:MergeV2Checkpoints]",
    ),
    misses=("google.api_core.exceptions.ResourceExhausted: 429 Quota exceeded for requests",),
)

"""The processes of a collective op do not agree on what it is."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG712",
    name="collective-members-differ",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"(?P<device>/job:\S+) is joining a group with size ?(?P<one>[0-9]+), but that group "
            r"has size (?P<other>[0-9]+)"
        ),
        Pattern(
            r"has group_size (?P<one>[0-9]+) and group_key ?\S*,? but that group has size "
            r"(?P<other>[0-9]+)"
        ),
        Pattern(
            r"with type (?P<one>\w+) and group_key ?\S* but that group has type (?P<other>\w+)"
        ),
        Pattern(r"and group_key ?\S* but that group (?:has|doesn't contain) (?P<what>[a-z]+)"),
        Pattern(
            r"Collective instance (?P<instance>\S+) (?:expected|mismatch|has).{0,160}"
            r"(?P<what>group_size|group_key|source)"
        ),
        Pattern(
            r"Inconsistent (?P<what>output|input|data|group|collective).{0,60}across (?:all )?"
            r"(?:devices|members|workers|replicas)"
        ),
        Pattern(
            r"(?:(?P<device>/job:\S+) )?current incarnation doesn't match with one in the group"
        ),
        Pattern(r"Device (?P<device>\S+) cannot be found in"),
        Pattern(
            r"[Ii]nvalid (?P<what>group_size|group_key|rank) .{0,60}collective",
            anchors=("nvalid group_size", "nvalid group_key", "nvalid rank "),
        ),
    ),
    seen="the processes disagree on a collective op[: {what}][ of instance {instance}][: {one} "
    "against {other}][ ({device})]",
    why="Every process must issue the same collective ops in the same order, with the "
    "same shapes and the same group. One runs other code, another model or another "
    "TF_CONFIG, or it was restarted alone.",
    fix="Start all processes anew, with the same script, the same data shapes and the "
    "same cluster in TF_CONFIG; only the task's index may differ.",
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Do the replicas' tensors have different shapes (a smaller last batch)?",
        ),
    ),
    source="tensorflow/core/common_runtime/collective_param_resolver_local.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InternalError: Device "
        "/job:worker/replica:0/task:1/device:GPU:0 current incarnation doesn't match with "
        "one in the group. This usually means this worker has restarted but the "
        "collective leader hasn't, or this worker connects to a wrong cluster. "
        "[Op:CollectiveBcastRecv]",
    ),
    misses=("INFO:tensorflow:Collective batch_all_reduce: 6 all-reduces, num_workers = 2",),
)

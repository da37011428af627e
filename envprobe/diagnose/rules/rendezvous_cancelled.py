"""A transfer between devices was cancelled because its step had ended."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG815",
    name="rendezvous-cancelled",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"[Ll]ocal rendezvous (?:send|recv) item cancelled"),
        Pattern(r"[Ll]ocal rendezvous is aborting with status: (?:CANCELLED|Cancelled)"),
        Pattern(r"CollectiveExecutor::StartAbort (?:CANCELLED|Cancelled)"),
    ),
    seen="A transfer was cancelled at the end of its step.",
    why="When a loop over a dataset or a step ends early, transfers that are under way are "
    "dropped. An error that follows tells more.",
    fix="Nothing to do.",
    source="tensorflow/core/framework/local_rendezvous.cc",
    hits=(
        "2024-06-07 08:09:10.111213: I tensorflow/core/framework/local_rendezvous.cc:426] Local "
        "rendezvous send item cancelled. Key hash: 1234567890\n",
    ),
    misses=("CancelledError: RPC cancelled by the server\n",),
)

"""A logging library tells that it was not set up before the first line."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG806",
    name="logging-not-set-up",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"All log messages before absl::InitializeLog\(\) is called are written to STDERR"),
        Pattern(r"Logging before flag parsing goes to stderr"),
        Pattern(r"Logging before InitGoogleLogging\(\) is written to STDERR"),
        Pattern(r"WARNING: Logging before flag"),
    ),
    seen="Lines are written to the error output because logging was not set up.",
    why="abseil says where its early lines go. It says nothing about the run.",
    fix="Nothing to do.",
    source="absl/log/initialize.cc",
    hits=(
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    ),
    misses=("log messages before the crash: none\n",),
)

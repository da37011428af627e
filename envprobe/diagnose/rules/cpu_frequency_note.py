"""TensorFlow tells the CPU's frequency, or that it cannot read it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG808",
    name="cpu-frequency-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"CPU Frequency: [0-9]+ Hz"),
        Pattern(r"Failed to get CPU frequency"),
        Pattern(r"Failed to find bogomips or clock in /proc/cpuinfo"),
        Pattern(r"could not open /proc/cpuinfo.*frequency"),
    ),
    seen="The CPU's frequency was read, or could not be.",
    why="It is used for the clock of the profiler only.",
    fix="Nothing to do.",
    source="tensorflow/core/platform/profile_utils/cpu_utils.cc",
    hits=(
        "2020-05-06 07:08:09.101112: I tensorflow/core/platform/profile_utils/cpu_utils.cc:102] "
        "CPU Frequency: 2900000000 Hz\n",
        "W tensorflow/core/platform/profile_utils/cpu_utils.cc:128] Failed to get CPU frequency: "
        "0 Hz\n",
    ),
    misses=("GPU clock frequency: 0 Hz\n",),
)

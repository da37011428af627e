"""TensorFlow moves variables to the CPU because an op that changes them has no GPU kernel."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG304",
    name="resources-moved-to-cpu",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"Failed to place the graph without changing the devices of some resources"),
    ),
    seen="TensorFlow put some variables on the CPU, because an op on them has no GPU kernel.",
    why="This is soft placement at work: the run goes on, these ops are slower.",
    fix=None,
    source="tensorflow/core/common_runtime/colocation_graph.cc",
    hits=(
        "2023-05-01 09:00:01.2: W tensorflow/core/common_runtime/colocation_graph.cc:1203] Failed "
        "to"
        " place the graph without changing the devices of some resources. Some of the operations "
        "(that had to be colocated with resource generating operations) are not supported on the "
        "resources' devices. Current candidate devices are [\n"
        "  /job:localhost/replica:0/task:0/device:CPU:0].\n",
    ),
    misses=("Could not satisfy explicit device specification '/GPU:0'\n",),
)

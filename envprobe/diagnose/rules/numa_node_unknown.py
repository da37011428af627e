"""TensorFlow cannot read which NUMA node a device belongs to, and takes node zero."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG800",
    name="numa-node-unknown",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"successful NUMA node read from SysFS had negative value"),
        Pattern(r"NUMA node read .* negative value"),
        Pattern(r"could not open file to read NUMA node"),
        Pattern(r"ARM64 does not support NUMA"),
        Pattern(r"[Yy]our kernel may (?:not )?have been built with(?:out)? NUMA support"),
        Pattern(r"Could not identify NUMA node of platform"),
        Pattern(r"so returning NUMA node zero"),
        Pattern(r"OS X does not support NUMA"),
        Pattern(r"Failed to parse.*numa_node"),
        Pattern(r"NUMA node zero in some places"),
        Pattern(r"libnuma.*No such file"),
    ),
    seen="The NUMA node of a device is not known; node zero is taken.",
    why="The firmware, a virtual machine, WSL, a Jetson board or macOS does not tell the node. "
    "Nothing depends on it on a machine with one processor socket.",
    fix="Nothing to do. TF_CPP_MIN_LOG_LEVEL=1 hides it.",
    source="xla/stream_executor/cuda/cuda_executor.cc",
    hits=(
        "2023-04-02 11:12:13.141516: I "
        "tensorflow/compiler/xla/stream_executor/cuda/cuda_gpu_executor.cc:996] successful NUMA "
        "node read from SysFS had negative value (-1), but there must be at least one NUMA node, "
        "so returning NUMA node zero.\n",
        "I0000 00:00:1730000000.111111 99 gpu_device.cc:305] Could not identify NUMA node of "
        "platform GPU ID 0, defaulting to 0. Your kernel may not have been built with NUMA "
        "support.\n",
    ),
    misses=("numactl: This system does not support NUMA policy\n",),
)

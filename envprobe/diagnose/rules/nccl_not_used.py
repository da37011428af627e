"""TensorFlow does not use NCCL for its all-reduce, and says so."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG749",
    name="nccl-not-used",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"not using nccl allreduce"),
        Pattern(r"NCCL is not supported when using virtual GPUs"),
        Pattern(r"Enabled NCCL communication but no GPUs detected"),
        Pattern(r"Collective ops is not configured at program startup"),
        Pattern(r"Efficient allreduce is not supported for [0-9]+ IndexedSlices"),
        Pattern(r"Unable to enable peer access between (?:GPUs|device ordinals)"),
    ),
    seen="TensorFlow takes another way than NCCL to exchange data",
    why="The strategy runs on the CPU, on one GPU or on virtual GPUs, where NCCL is of no use. It "
    "works, with some speed lost where there are several GPUs.",
    fix=None,
    source="tensorflow/python/distribute/cross_device_ops.py",
    hits=(
        "WARNING:tensorflow:There are non-GPU devices in `tf.distribute.Strategy`, not using nccl "
        "allreduce.",
    ),
    misses=("Internal:  NCCL: unhandled system error. Set NCCL_DEBUG=WARN for detail.",),
)

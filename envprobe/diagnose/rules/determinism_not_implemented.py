"""Repeatable results were asked for, and an op has no such kernel."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG321",
    name="determinism-not-implemented",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Determinism is not yet supported in GPU implementation of (?P<op>\w+)"),
        Pattern(
            r"[Aa] deterministic GPU implementation of (?P<op>[\w-]+).{0,60} is not (?:currently )?"
            r"available"
        ),
        Pattern(
            r"The GPU implementation of (?P<op>\w+) that would have been executed is not determ"
        ),
    ),
    seen="{op} has no repeatable kernel on GPUs, and determinism is switched on.",
    why=(
        "tf.config.experimental.enable_op_determinism() and TF_DETERMINISTIC_OPS=1 refuse every op "
        "whose GPU kernel adds in no fixed order."
    ),
    fix=(
        "Run {op} on the CPU (`with tf.device('/CPU:0'):`), replace it, or leave determinism off."
    ),
    candidates=(
        Candidate(
            cause=Cause.UNIMPLEMENTED_ON_DEVICE, check="Leave determinism off and run again."
        ),
    ),
    source="tensorflow/core/util/determinism.h",
    hits=(
        "UnimplementedError: Determinism is not yet supported in GPU implementation of Bincount. "
        "[Op:Bincount]\n",
        "UnimplementedError: A deterministic GPU implementation of ResizeNearestNeighborGrad is "
        "not "
        "currently available.\n",
    ),
    misses=("RuntimeError: Random ops require a seed to be set when determinism is enabled.\n",),
)

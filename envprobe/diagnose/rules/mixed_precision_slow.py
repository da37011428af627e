"""Keras remarks that a GPU, or a machine without one, computes float16 slowly."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG307",
    name="mixed-precision-slow",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"may run slowly with dtype policy (?P<policy>mixed_\w+) because"),
        Pattern(r"The dtype policy (?P<policy>mixed_\w+) may run slowly because this machine"),
        Pattern(r"Some of your GPUs may run slowly with dtype policy (?P<policy>mixed_\w+)"),
        Pattern(
            r"[Mm]ixed precision compatibility check \((?P<policy>mixed_\w+)\): (?:OK|WARNING)"
        ),
    ),
    seen="Keras checked whether this machine is fast with[ {policy}] mixed precision.",
    why=(
        "The results are right; without a GPU of compute capability 7.0 or newer the policy only "
        "costs time."
    ),
    fix="Where the GPU is older, or there is none, leave the policy at float32.",
    source="keras/mixed_precision/device_compatibility_check.py",
    hits=(
        "WARNING:tensorflow:Mixed precision compatibility check (mixed_float16): WARNING\nYour GPU "
        "may run slowly with dtype policy mixed_float16 because it does not have compute "
        "capability "
        "of at least 7.0. Your GPU:\n  Tesla P4, compute capability 6.1\n",
    ),
    misses=("tf.keras.mixed_precision.set_global_policy('mixed_float16')\n",),
)

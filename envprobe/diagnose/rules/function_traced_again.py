"""A tf.function is traced again and again, which costs time."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG809",
    name="function-traced-again",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"triggered tf\.function retracing"),
        Pattern(r"[0-9]+ out of the last [0-9]+ calls to"),
        Pattern(r"Tracing is expensive and the excessive number of tracings"),
    ),
    seen="A tf.function is traced again for many of its calls.",
    why="It is slow, not wrong: Python numbers or tensors of changing shapes are passed, or the "
    "function is made inside a loop.",
    fix="Pass tensors instead of Python numbers, give an input_signature or "
    "reduce_retracing=True, and call predict outside of loops (or model(x)).",
    source="tensorflow/python/eager/polymorphic_function/polymorphic_function.py",
    hits=(
        "WARNING:tensorflow:5 out of the last 5 calls to <function "
        "Model.make_predict_function.<locals>.predict_function at 0x7f0> triggered tf.function "
        "retracing. Tracing is expensive.\n",
    ),
    misses=(
        "ValueError: tf.function only supports singleton tf.Variables created on the first call.\n",
    ),
)

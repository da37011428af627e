"""Keras or TensorFlow casts a tensor by itself and says so."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG440",
    name="dtype-cast-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(
            r"is casting an input tensor from dtype (?P<dtype>\w+) to the layer's dtype of "
            r"(?P<wanted>\w+)"
        ),
        Pattern(
            r"You are casting an input of type (?P<dtype>\w+) to an incompatible dtype "
            r"(?P<wanted>\w+)"
        ),
        Pattern(r"The dtype of the (?:watched|source|target) tensor must be floating"),
        Pattern(
            r"Layer (?P<layer>\S+) will not use cuDNN kernels?,? since it (?:doesn't|cannot) meet"
        ),
        Pattern(r"Converting sparse IndexedSlices.{0,80} to a dense Tensor of unknown shape"),
    ),
    seen="TensorFlow takes another dtype or kernel by itself[: {dtype} becomes {wanted}].",
    why="It is a remark on accuracy or speed; the run goes on.",
    fix=None,
    source="keras/engine/base_layer.py",
    hits=(
        "WARNING:tensorflow:Layer encoder is casting an input tensor from dtype float64 to the "
        "layer's dtype of float32, which is new behavior in TensorFlow 2.\n",
        "WARNING:tensorflow:Layer lstm_7 will not use cuDNN kernels since it doesn't meet the "
        "criteria. It will use a generic GPU kernel as fallback when running on GPU.\n",
    ),
    misses=("ValueError: Tensor conversion requested dtype int64 for Tensor with dtype int32\n",),
)

"""Parts of the GPU build are registered twice when TensorFlow starts."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG803",
    name="factory-registered-twice",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Unable to register cu\w+ factory"),
        Pattern(r"Attempting to register factory for plugin \w+ when one has already been"),
        Pattern(r"computation placer already registered"),
        Pattern(r"Please check linkage and avoid linking the same target more than once"),
        Pattern(r"Unable to register (?:cu|roc|hip|mi)\w+ (?:factory|plugin)"),
    ),
    seen="cuDNN's, cuFFT's or cuBLAS' factory was registered a second time.",
    why="TensorFlow's own libraries of 2.14 and later both do it; the first registration holds. "
    "The letter E is misleading.",
    fix="Nothing to do.",
    source="xla/stream_executor/plugin_registry.cc",
    hits=(
        "E0000 00:00:1741111111.222222   11 cuda_dnn.cc:8310] Unable to register cuDNN factory: "
        "Attempting to register factory for plugin cuDNN when one has already been "
        "registered\nW0000 00:00:1741111111.333333   11 computation_placer.cc:177] computation "
        "placer already registered. Please check linkage and avoid linking the same target more "
        "than once.\n",
    ),
    misses=('ImportError: generic_type: type "X" is already registered!\n',),
)

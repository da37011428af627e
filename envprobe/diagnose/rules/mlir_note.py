"""TensorFlow tells which of its MLIR passes are on."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG804",
    name="mlir-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"None of the MLIR [Oo]ptimization [Pp]asses are enabled"),
        Pattern(r"MLIR V1 optimization pass is not enabled"),
        Pattern(r"disabling MLIR crash reproducer"),
        Pattern(r"MLIR_CRASH_REPRODUCER_DIRECTORY"),
        Pattern(r"Ignored (?:output_format|drop_control_dependency)\."),
        Pattern(r"Reading meta graph with tags"),
        Pattern(r"Reading SavedModel debug info"),
        Pattern(r"SavedModel load for tags \{"),
        Pattern(r"Restoring SavedModel bundle"),
        Pattern(r"Running initialization op on SavedModel"),
    ),
    seen="TensorFlow tells which graph passes run, or how far the loading of a model is.",
    why="These lines inform the developers of TensorFlow and the converter.",
    fix="Nothing to do.",
    source="tensorflow/compiler/mlir/mlir_graph_optimization_pass.cc",
    hits=(
        "2021-10-11 12:13:14.151617: I "
        "tensorflow/compiler/mlir/mlir_graph_optimization_pass.cc:185] None of the MLIR "
        "Optimization Passes are enabled (registered 2)\n",
    ),
    misses=("error: failed to legalize operation 'tf.X'\n",),
)

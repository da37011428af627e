"""TensorFlow tells which CPU instructions it uses, or could use after a rebuild."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG802",
    name="cpu-features-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"This TensorFlow binary is optimized (?:to use available CPU|with)"),
        Pattern(r"To enable (?:them|the following instructions).*rebuild TensorFlow"),
        Pattern(r"To enable the following instructions: "),
        Pattern(
            r"Your CPU supports instructions that this TensorFlow binary was not compiled to use"
        ),
        Pattern(
            r"wasn't compiled to use \S+ instructions, but these are available on your machine"
        ),
    ),
    seen="TensorFlow names the CPU instructions that it uses.",
    why="The official packages are built for common processors and choose faster kernels at run "
    "time. The line is information, whatever its letter.",
    fix="Nothing to do.",
    source="tensorflow/core/platform/cpu_feature_guard.cc",
    hits=(
        "2024-03-04 05:06:07.080910: I tensorflow/core/platform/cpu_feature_guard.cc:210] This "
        "TensorFlow binary is optimized to use available CPU instructions in performance-critical "
        "operations.\nTo enable the following instructions: AVX2 FMA, in other operations, "
        "rebuild TensorFlow with the appropriate compiler flags.\n",
    ),
    misses=(
        "The TensorFlow library was compiled to use AVX instructions, but these aren't available "
        "on your machine.\n",
    ),
)

"""TensorFlow tells that its oneDNN kernels are switched on."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG801",
    name="onednn-in-use",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"oneDNN custom operations are on"),
        Pattern(r"oneAPI Deep Neural Network Library \(oneDNN\) to use the following CPU"),
        Pattern(r"To turn them off, set the environment variable `?TF_ENABLE_ONEDNN_OPTS"),
        Pattern(r"Experimental oneDNN custom operations are on"),
        Pattern(r"onednn_verbose,info"),
        Pattern(r"Creating new thread pool with default inter op setting"),
        Pattern(r"User settings:\s*$"),
        Pattern(r"OMP: Info #[0-9]+"),
        Pattern(
            r"^ *KMP_(?:AFFINITY|BLOCKTIME|SETTINGS)=",
            anchors=("KMP_AFFINITY=", "KMP_BLOCKTIME=", "KMP_SETTINGS="),
        ),
    ),
    seen="TensorFlow uses oneDNN or OpenMP on the CPU, and says so.",
    why="Sums are rounded in another order with oneDNN, so that the last digits may differ. That "
    "is all the line says.",
    fix="Nothing to do. TF_ENABLE_ONEDNN_OPTS=0 gives the plain kernels.",
    source="tensorflow/core/util/port.cc",
    hits=(
        "2023-09-01 08:00:01.000002: I tensorflow/core/util/port.cc:113] oneDNN custom operations "
        "are on. You may see slightly different numerical results due to floating-point round-off "
        "errors from different computation orders. To turn them off, set the environment variable "
        "`TF_ENABLE_ONEDNN_OPTS=0`.\n",
    ),
    misses=("oneDNN supports DT_BFLOAT16 only on platforms with AVX-512.\n",),
)

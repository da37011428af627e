"""A check that is written in the graph does not hold for this batch."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

TARGETS = r"(?i)(?:predictions must be|labels?\b|y_true|y_pred|confusion_matrix|num_classes)"
SHAPES = r"(?i)(?:shape|rank|ndims|dimension|size)"


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    message = sighting.fields.get("message", "")
    if compiled(TARGETS).search(message):
        return Reading(cause=Cause.LABEL_LOSS_MISMATCH)
    if compiled(SHAPES).search(message):
        return Reading(cause=Cause.SHAPE_MISMATCH)
    return Reading()


RULE = Rule(
    code="LOG530",
    name="assertion-in-model",
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"assertion failed: (?P<message>\[.*)"),
        Pattern(r"Condition (?P<message>x [=<>!]=? y|x [=<>!]=? 0) did not hold"),
        Pattern(r"Expected '?tf\.(?:debugging\.)?assert_\w+.*(?P<message>failed.*)"),
    ),
    read=_read,
    yields_to=(
        "label-loss-mismatch",
        "shape-mismatch",
        "nan-inf",
        "embedding-index-out-of-range",
        "data-pipeline",
    ),
    seen="A check in the model fails[: {message}][ (in {node})].",
    why="tf.debugging.assert_..., a metric or a preprocessing step tests its values while the step "
    "runs, and stops where they are not what it needs.",
    fix="Read the values in the message, print the same tensor for the failing batch, and correct "
    "the data or the check. A step that XLA compiles leaves such checks out.",
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Does the message speak of predictions, labels or classes?",
        ),
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Does it compare sizes?",
        ),
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Is the check in the dataset's functions (an image that is smaller than a crop)?",
        ),
    ),
    source="tensorflow/core/kernels/logging_ops.cc",
    hits=(
        "InvalidArgumentError: assertion failed: [learning rate must be positive] [Condition x > 0 "
        "did "
        "not hold element-wise:]\n\t [[node assert_positive/Assert (defined at a.py:3) ]]\n",
    ),
    misses=(
        "  assert_op = 'assertion failed: ' + message\n",
        "[[assert_less_equal/Assert/AssertGuard/pivot_f/_12/_31]]\n",
    ),
)

"""A name has one dtype before a loop or in one branch, and another behind it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._dtypes import named
from envprobe.terms import Cause

RULE = Rule(
    code="LOG436",
    name="dtype-changes-in-branch",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            rf"'(?P<variable>[^'{{]+)' has dtype {named('wanted')} (?:before the loop|in the main "
            rf"branch), but dtype {named('dtype')} (?:after one iteration|in the else branch)",
            anchors=("before the loop", "in the main branch"),
        ),
        Pattern(
            r"Outputs of 'true_fn' and 'false_fn' must have the same type\(s\)\. Received: "
            r"(?P<what>"
            r"[^{]{3,150})"
        ),
        Pattern(
            r"true_fn and false_fn .{0,60}(?:same|different) (?:d?types?)",
            anchors=("true_fn and false_fn",),
        ),
        Pattern(
            r"(?P<variable>\S+) and (?P<what>\S+) in (?:cond|case) branches have different types",
            anchors=("have different types",),
        ),
        Pattern(
            rf"must have the same dtype as \S+\. Expected {named('wanted')}, got {named('dtype')}",
        ),
    ),
    seen=(
        "The dtype changes[ from {wanted} to {dtype}] in a loop or branch[ (variable {variable})]."
    ),
    why="An `if` or a loop over a tensor becomes part of the graph, where each name has one dtype.",
    fix=(
        "Give it one dtype in all branches and before the loop: tf.constant(0.0) instead of 0, or "
        "tf.cast(x, '{wanted}') where it changes."
    ),
    source="tensorflow/python/autograph/operators/control_flow.py",
    hits=(
        "    TypeError: 'total' has dtype int32 before the loop, but dtype float32 after one "
        "iteration\n",
        "    TypeError: 'y' has dtype float16 in the main branch, but dtype float32 in the else "
        "branch\n",
    ),
    misses=(
        "    ValueError: 'x' has shape (1,) before the loop, but shape (2,) after one iteration.\n",
        "        \"'{}' has dtype {} before the loop, but dtype {} after one\"\n",
    ),
)

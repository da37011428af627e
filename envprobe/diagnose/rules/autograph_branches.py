"""An `if` or a loop over a tensor leaves a name or a return value undefined on one way."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG454",
    name="autograph-branches",
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"'(?P<symbol>[\w.]+)' must also be (?:initialized|defined) (?:before the loop|in the "
            r"(?:main|else) branch)",
            anchors=("must also be initialized", "must also be defined"),
        ),
        Pattern(
            r"'(?P<symbol>[\w.]+)' (?:must be defined|may not be None|is None) (?:before the "
            r"loop|at the (?:beginning|end) of the)",
            anchors=(
                "must be defined before",
                "may not be None",
                "is None at the end",
                "is None at the beginning",
            ),
        ),
        Pattern(
            r"[Aa] (?:value|return statement) must also (?:be returned|have a return)[^{]*"
            r"(?:branch)?",
            anchors=("must also be returned", "must also have a return"),
        ),
        Pattern(
            r"the (?:main|else) branch must also have a return statement",
            anchors=("must also have a return statement",),
        ),
        Pattern(
            r"true_fn and false_fn arguments to tf\.cond must have the same number, type, and "
            r"overall structure"
        ),
        Pattern(r"`true_fn` and `false_fn` should return outputs of the same kind"),
        Pattern(
            r"'(?P<symbol>[\w.]+)' does not have the same nested structure (?:before and "
            r"after one iteration|in the main and else branches)",
            anchors=("does not have the same nested structure",),
        ),
        Pattern(
            r"could not transform .* and will run it as-is",
            after=(
                r"(?:source code|Unable to (?:locate|identify)|could not get source)",
                r"(?:OperatorNotAllowed|symbolic)",
            ),
        ),
    ),
    seen="A branch or loop over a tensor does not define[ {symbol} on] every way through it.",
    why="AutoGraph makes an `if` or a loop over a tensor part of the graph, and the graph needs "
    "the "
    "same names with the same dtypes on every way.",
    fix="Give the name a value of the final dtype and shape before the `if` or loop, and return "
    "once, behind it.",
    source="tensorflow/python/autograph/operators/control_flow.py",
    hits=(
        "    ValueError: 'total' must also be initialized in the main branch\n",
        "    ValueError: 'best' must be defined before the loop.\n",
        "TypeError: true_fn and false_fn arguments to tf.cond must have the same number, type, and "
        "overall structure of return values.\n",
    ),
    misses=(
        "WARNING:tensorflow:AutoGraph could not transform <function f at 0x7f> and will run it "
        "as-is.\nCause: module 'gast' has no attribute 'Index'\n",
    ),
)

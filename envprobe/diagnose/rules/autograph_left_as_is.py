"""AutoGraph runs a function as it is, without translating it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG813",
    name="autograph-left-as-is",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"AutoGraph could not transform .* and will run it as-is"),
        Pattern(r"could not be transformed and will be executed as-is"),
        Pattern(
            r"To silence this warning, decorate the function with "
            r"@tf\.autograph\.experimental\.do_not_convert"
        ),
        Pattern(r"AutoGraph could not be applied"),
    ),
    seen="AutoGraph did not translate a function.",
    why="It matters only where the function has an if or a loop that depends on a tensor. "
    "Otherwise the function runs as it stands.",
    fix="Nothing to do while the function has no tensor-dependent branch; else put it in a file "
    "(not typed in) and upgrade gast.",
    source="tensorflow/python/autograph/impl/api.py",
    hits=(
        "WARNING:tensorflow:AutoGraph could not transform <function step at 0x7f00> and will run "
        "it as-is.\nCause: Unable to locate the source code of <function step at 0x7f00>.\n",
    ),
    misses=(
        "OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool` is not "
        "allowed.\n",
    ),
)

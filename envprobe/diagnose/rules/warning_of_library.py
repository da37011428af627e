"""A Python library warns, and nothing ends badly."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG832",
    name="warning-of-library",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"(?:\.py:[0-9]+: |^)(?:User|Syntax|Resource|Import|Encoding|Future|Experimental|"
            r"LightningDeprecation|InsecureRequest|DataConversion|InconsistentVersion|"
            r"Convergence)Warning: \S",
            anchors=("Warning: ",),
        ),
        Pattern(
            r"WARNING:(?:tensorflow|absl): ?\S", anchors=("WARNING:tensorflow", "WARNING:absl")
        ),
        Pattern(
            r"^W[0-9]{4} [0-9:.]{15} +[0-9]+ \w+\.py:[0-9]+\] \S",
            anchors=(".py:",),
        ),
        Pattern(r"\] WARNING: \S.*(?:tensorflow|keras)", anchors=("] WARNING: ",)),
    ),
    seen="A library warns of something.",
    why="Python's warnings and those of TensorFlow's own log do not stop a program. In this log "
    "nothing shows that one of them did harm.",
    fix="Read it where results look wrong; otherwise nothing to do.",
    source="docs.python.org/3/library/warnings.html",
    hits=(
        "/srv/py/lib/python3.9/site-packages/tensorflow_io/python/ops/__init__.py:98: UserWarning: "
        "unable to load libtensorflow_io_plugins.so: unable to open file\n",
        "WARNING:tensorflow:The given value for shards was changed to 4.\n",
    ),
    misses=(
        "RuntimeWarning: invalid value encountered in divide\n",
        "Warning: the disk is nearly full\n",
    ),
)

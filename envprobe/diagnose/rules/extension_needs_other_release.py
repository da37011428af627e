"""A package around TensorFlow refuses the TensorFlow or Keras that is installed."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Tensorflow Addons only warns; the others raise."""
    warns = "strictly below" in sighting.line.text or "Warning" in sighting.line.text
    return Reading(kind=Kind.DEGRADED if warns else Kind.FATAL)


RULE = Rule(
    code="LOG644",
    name="extension-needs-other-release",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"This version of (?P<package>[\w ]+?) requires TensorFlow version "
            r"(?P<needed>[<>=]+"
            r" ?[0-9][\w.]*)(?:; Detected an installation of version (?P<found>[0-9]+(?:\.[0-9]"
            r"\w*)*))?"
        ),
        Pattern(
            r"(?P<package>Tensorflow Addons) supports using Python ops for all Tensorflow "
            r"versions above or equal to (?P<needed>[0-9.]+) and strictly below [0-9.]+",
            after=(r"not supported",),
        ),
        Pattern(
            r"The versions of TensorFlow you are currently using is (?P<found>[0-9.]+\w*) and "
            r"is not supported"
        ),
        Pattern(r"(?P<package>Keras) requires TensorFlow (?P<needed>[0-9.]+) or higher"),
        Pattern(
            r"(?P<package>[\w-]+) requires (?:a )?(?:TensorFlow|tensorflow|Keras|keras)(?: "
            r"version"
            r")? ?(?P<needed>[<>=]+ ?[0-9][\w.]*)(?:,? (?:but|found|got|you have)[^0-9]*"
            r"(?P<found>[0-9][\w.]*))?",
            anchors=(
                "requires TensorFlow",
                "requires tensorflow",
                "requires a TensorFlow",
                "requires Keras",
                "requires keras",
            ),
        ),
        Pattern(
            r"(?:tensorflow|keras|tf-keras)(?P<needed>[<>=!~]+[0-9][\w.,<>=!]*) is required "
            r"for "
            r"a normal functioning of this module, but found \w+==(?P<found>[0-9]+(?:\.\w+)*)"
        ),
        Pattern(
            r"(?P<package>TensorFlow Decision Forests|tensorflow_decision_forests) "
            r".*(?:is|was) "
            r"(?:not )?compiled .*TensorFlow (?P<needed>[0-9.]+)",
            anchors=("Decision Forests", "decision_forests"),
        ),
        Pattern(
            r"Expected (?:TensorFlow|tensorflow) (?:version )?(?P<needed>[<>=]* ?[0-9][\w.]*)"
            r",? (?:but )?(?:got|found) (?P<found>[0-9]+(?:\.\w+)*)",
            anchors=("Expected TensorFlow", "Expected tensorflow"),
        ),
        Pattern(r"TensorFlow (?P<found>[0-9.]+\w*) is (?:not supported|too (?:old|new))"),
        Pattern(r"Extension (?P<package>horovod)\.tensorflow has not been built"),
        Pattern(
            r"(?P<package>[\w. -]+?) has been built with (?:TensorFlow|tensorflow) "
            r"(?P<needed>[0-9.]+),? but .* (?P<found>[0-9.]+)",
            anchors=("has been built with TensorFlow", "has been built with tensorflow"),
        ),
    ),
    yields_to=(
        "tensorflow-not-installed",
        "symbol-missing-in-library",
        "package-versions-conflict",
    ),
    read=read,
    seen="Another TensorFlow or Keras is wanted[ by {package}][: {needed}][, found {found}].",
    why="Packages that use TensorFlow's private parts or its binary interface work with a few of "
    "its releases only, and this one looks before it starts.",
    fix="Install the pair that belongs together: the release of that package[ ({package})] for "
    "this TensorFlow, or TensorFlow in the release it names. Packages that are no longer cared "
    "for (TensorFlow Addons) end with 2.15 or earlier.",
    candidates=(
        Candidate(cause=Cause.ABI_MISMATCH, check="It is a compiled package: rebuild it here."),
    ),
    source="tensorflow_probability/python/__init__.py",
    hits=(
        "ImportError: This version of TensorFlow Probability requires TensorFlow version >= 2.15; "
        "Detected an installation of version 2.12.0. Please upgrade TensorFlow to proceed.\n",
        "ImportError: Extension horovod.tensorflow has not been built: /opt/v/horovod/mpi_lib.so "
        "not found\n",
    ),
    misses=(
        "UserWarning: TensorFlow Addons (TFA) has ended development and introduction of new "
        "features.\n",
    ),
)

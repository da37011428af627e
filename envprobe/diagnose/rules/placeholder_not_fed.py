"""A graph of TensorFlow 1 is run without a value for one of its placeholders."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Nothing where TensorFlow says itself that the line is none."""
    return None if "does not indicate an error" in sighting.line.text else Reading()


RULE = Rule(
    code="LOG903",
    name="placeholder-not-fed",
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"You must feed a value for placeholder tensor '(?P<node>[^'{]+)' with dtype "
            r"(?P<dtype>\w+)(?: and shape (?P<shape>\[[^\]]*\]))?"
        ),
    ),
    read=read,
    yields_to=("variable-creation-in-tf-function", "custom-op-not-symbolic"),
    seen="The placeholder {node} has no value[ (shape {shape})].",
    why=(
        "session.run() or a function of the old Keras backend needs a value for every placeholder "
        "on the way to what it computes; with BatchNormalization and Dropout also the learning "
        "phase."
    ),
    fix=(
        "Put it into feed_dict={...}. For a Keras learning phase feed "
        "tf.keras.backend.learning_phase(): 0 or 1. A placeholder of another model with the same "
        "name means that the graph holds both: clear_session() before building it again."
    ),
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Compare the fed array's shape with the placeholder's.",
        ),
    ),
    source="tensorflow/core/kernels/constant_op.cc",
    hits=(
        "InvalidArgumentError: You must feed a value for placeholder tensor 'images' with dtype "
        "float"
        " and shape [64,28]\n\t [[{{node images}}]]\n",
    ),
    misses=(
        "I tensorflow/core/common_runtime/executor.cc:1197] [/device:CPU:0] (DEBUG INFO) Executor "
        "start aborting (this does not indicate an error and you can ignore this message): "
        "INVALID_ARGUMENT: You must feed a value for placeholder tensor 'Placeholder/_0' with "
        "dtype "
        "int32\n",
    ),
)

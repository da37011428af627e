"""Labels that are words reach a loss or a metric, which computes with numbers."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._targets import about_targets
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    return Reading() if about_targets(sighting) else None


RULE = Rule(
    code="LOG412",
    name="labels-are-strings",
    cause=Cause.LABEL_LOSS_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Cast string to (?P<dtype>[a-z0-9]+) is not supported"),
        Pattern(
            r"Invalid dtype: (?P<dtype>str[0-9]*|object|<U[0-9]+)",
            anchors=("Invalid dtype: ",),
        ),
        Pattern(
            r"(?:Value passed to parameter|Tensor conversion requested|Unable to convert)[^{]*"
            r"\bstring\b",
            anchors=(
                "Value passed to parameter",
                "Tensor conversion requested",
                "Unable to convert",
            ),
        ),
    ),
    read=_read,
    seen="The labels are strings, and[ {node}] computes with numbers[ ({dtype})].",
    why="A loss needs class numbers or one-hot rows. Words have to be numbered before.",
    fix="Number the classes: sklearn's LabelEncoder, pandas' factorize(), or "
    "keras.layers.StringLookup; a folder of images gives numbers with label_mode='int'. Then take "
    "the loss that fits them (sparse_categorical_crossentropy).",
    candidates=(
        Candidate(
            cause=Cause.DTYPE_MISMATCH,
            check="Are y's values numbers that were read as text? Then y.astype('float32') is "
            "enough.",
        ),
    ),
    source="tensorflow/core/kernels/cast_op.cc",
    hits=(
        "UnimplementedError:  Cast string to float is not supported\n\t [[node "
        "mean_squared_error/Cast (defined at <ipython-input-4-1>:3) ]] "
        "[Op:__inference_train_function_512]\n",
        "Detected at node compile_loss/sparse_categorical_crossentropy/Cast defined at (most "
        "recent "
        "call last):\n<stack traces unavailable>\nCast string to float is not supported\n\t [[{{"
        "node compile_loss/sparse_categorical_crossentropy/Cast}}]]\n",
    ),
    misses=(
        "UnimplementedError: Cast string to float is not supported\n\t [[{{node "
        "model/Cast}}]] [Op:__inference_train_function_81]\n",
    ),
)

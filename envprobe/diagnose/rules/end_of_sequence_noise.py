"""An iterator reached the end of its data, as at the end of every epoch."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG549",
    name="end-of-sequence-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"(?:op_kernel|iterator_ops)\.cc:[0-9]+\] Out of range: (?:End of "
            r"sequence|.*StopIteration)",
            anchors=("] Out of range: ",),
        ),
        Pattern(r"Local rendezvous is aborting with status: (?:OUT_OF_RANGE|Out of range): End of"),
        Pattern(r"[Ll]ocal rendezvous (?:recv|is aborting).*End of sequence"),
        Pattern(r"StartAbort (?:Out of range|OUT_OF_RANGE): (?:\[_Derived_\] ?)?End of sequence"),
        Pattern(r"executor\.cc:.*(?:Out of range|OUT_OF_RANGE): End of sequence"),
        Pattern(r"The calling iterator did not fully read the dataset being cached"),
    ),
    seen="An iterator reached the end of its data.",
    why="TensorFlow tells with this line that a dataset has no more elements. A dataset of unknown "
    "length ends every epoch like this; only an error that follows means something.",
    fix="Nothing to do. TF_CPP_MIN_LOG_LEVEL=2 hides it.",
    source="tensorflow/core/framework/local_rendezvous.cc",
    hits=(
        "Epoch 1/3\n     49/Unknown 2s 9ms/step - loss: 0.71\n2024-02-01 10:00:00.123456: I "
        "tensorflow/core/framework/local_rendezvous.cc:404] Local rendezvous is aborting with "
        "status: OUT_OF_RANGE: End of sequence\n\t [[{{node IteratorGetNext}}]]\n"
        "50/50 - 2s - loss: 0.7104\n",
    ),
    misses=("OutOfRangeError: End of sequence\n",),
)

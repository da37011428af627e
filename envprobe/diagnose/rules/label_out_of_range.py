"""A label is no class of the model: it is negative, or larger than the last layer allows."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG403",
    name="label-out-of-range",
    cause=Cause.LABEL_LOSS_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Received a label value of (?P<label>-?[0-9]+) which is outside the valid range of "
            r"\[0, (?P<classes>[0-9]+)\)"
        ),
        Pattern(r"Received a label value of (?P<label>-?[0-9]+) which is outside the valid range"),
        Pattern(
            r"assertion failed: \[[^{]*(?:predictions must be (?:>= 0|<= 1|in \[0, 1\])|"
            r"`(?:labels|predictions)` (?:contains negative values|out of bound))",
            anchors=("assertion failed: [",),
        ),
        Pattern(
            r"`(?:labels|predictions)` (?:contains negative values|out of bound)",
            anchors=("contains negative values", "` out of bound"),
        ),
        Pattern(
            r"predictions must be (?:>= 0|<= 1|in \[0, 1\])", anchors=("predictions must be ",)
        ),
        Pattern(
            r"[Ll]abel(?: ids?|_ids?|s)? must be (?:>= 0|< n_classes|<= n_classes - 1)",
            anchors=("must be >= 0", "must be < n_classes", "must be <= n_classes"),
        ),
        Pattern(
            r"index (?P<label>-?[0-9]+) is out of bounds for axis 1 with size (?P<classes>[0-9]+)",
            before=(r"to_categorical",),
        ),
        Pattern(r"y contains previously unseen labels"),
        Pattern(
            r"Saw a non-null label \(index >= num_classes - 1\) following a null label, batch: "
            r"(?P<batch>[0-9]+) num_classes: (?P<classes>[0-9]+)"
        ),
        Pattern(r"All labels must be nonnegative integers, batch: (?P<batch>[0-9]+)"),
        Pattern(
            r"Target class id (?P<label>-?[0-9]+) is out of range, which is \[0, "
            r"(?P<classes>[0-9]+)\)"
        ),
    ),
    seen="A label[, {label},] is no class of the model[, which has {classes} of them]"
    "[ (in {node})].",
    why="With class numbers as labels the classes count from 0, and the last layer needs a unit "
    "for each. A label equal to the number of units, or -1 for `unknown`, has no unit. On a GPU "
    "the same labels raise nothing and turn the loss into NaN.",
    fix="Print y.min() and y.max(). Number the classes from 0 without gaps, drop or mask the "
    "special ones (255, -1), and give the last layer y.max() + 1 units.",
    source="tensorflow/core/kernels/sparse_xent_op.h",
    hits=(
        "InvalidArgumentError: Graph execution error:\n\nReceived a label value of 7 which is "
        "outside the valid range of [0, 7).  Label values: 3 1 7 2\n\t [[{{node "
        "sparse_categorical_crossentropy/SparseSoftmaxCrossEntropyWithLogits}}]]\n",
        'File "prep.py", line 9, in <module>\n    y = to_categorical(y, 5)\nIndexError: index 5 is '
        "out of bounds for axis 1 with size 5\n",
        "InvalidArgumentError: assertion failed: [predictions must be >= 0] [Condition x >= y did "
        "not hold element-wise:] [x (sequential/dense/BiasAdd:0) = ] [[-0.3]]\n",
    ),
    misses=(
        "InvalidArgumentError: indices[3,1] = 40 is not in [0, 40)\n\t [[{{node "
        "model/embedding/embedding_lookup}}]]\n",
        "IndexError: index 12 is out of bounds for axis 0 with size 12\n",
    ),
)

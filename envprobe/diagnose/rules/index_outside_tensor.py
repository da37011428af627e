"""A slice, gather, scatter or segment index lies outside of its tensor."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG531",
    name="index-outside-tensor",
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"slice index (?P<index>-?[0-9]+) of dimension (?P<axis>[0-9]+) out of bounds"),
        Pattern(
            r"Expected (?:begin|size)\[(?P<axis>[0-9]+)\] in \[0, (?P<size>[0-9]+)\], but got "
            r"(?P<index>"
            r"-?[0-9]+)",
            anchors=("Expected begin[", "Expected size["),
        ),
        Pattern(
            r"indices\[(?P<place>[0-9, ]*)\] = \[?(?P<index>[0-9, -]+)\]? (?:does not index "
            r"into|is out "
            r"of (?:bounds|range))(?: (?:param )?shape (?P<size>\[[0-9,]*\]))?",
            anchors=("does not index into", "is out of bounds", "is out of range"),
        ),
        Pattern(
            r"indices(?: |\[)[^{]{0,60}(?:does not index into|out of bounds)",
            anchors=("does not index into", "out of bounds"),
        ),
        Pattern(
            r"segment[_ ]ids?(?:\[[0-9,]*\] = (?P<index>-?[0-9]+) is out of range \[0, "
            r"(?P<size>[0-9]+)\)|"
            r" (?:must be|are not|is not|should be).*)",
            anchors=("segment_ids", "segment ids", "segment id"),
        ),
        Pattern(r"partitions\[[0-9,]*\] = (?P<index>-?[0-9]+) is not in \[0, (?P<size>[0-9]+)\)"),
        Pattern(r"[Ii]ndex out of bound\. `batch` \((?P<index>[0-9]+)\)"),
        Pattern(
            r"box_ind(?:ex)? has values outside \[0, batch_size\)",
            anchors=("has values outside [0",),
        ),
        Pattern(r"Reduction axis (?P<axis>-?[0-9]+) is empty in shape (?P<size>\[[0-9,]*\])"),
        Pattern(
            r"Invalid reduction dimension \(?(?P<axis>-?[0-9]+) for input with (?P<size>[0-9]+) dim"
        ),
        Pattern(
            r"Array has shape (?P<size>[(\[][0-9, ]*[)\]]) but out-of-bounds index "
            r"(?P<index>-?[0-9]+) was"
        ),
        Pattern(
            r"input must have at least k columns\. Had (?P<size>[0-9]+), needed (?P<index>[0-9]+)"
        ),
        Pattern(
            r"TensorList(?:Array)?:? .*(?:index (?P<index>[0-9]+) in a list with (?P<size>[0-9]+) "
            r"elements)",
            anchors=("elements.", "in a list with "),
        ),
        Pattern(
            r"Tried to (?:access|read from|write to) (?:element|index) (?P<index>-?[0-9]+) (?:in a "
            r"list "
            r"with|but array size is:?) (?P<size>[0-9]+)",
            anchors=("Tried to access ", "Tried to read from ", "Tried to write to "),
        ),
        Pattern(
            r"IndexError: index (?P<index>-?[0-9]+) is out of bounds for axis (?P<axis>[0-9]+) "
            r"with size "
            r"(?P<size>[0-9]+)"
        ),
        Pattern(r"sparse_indices\[[0-9,]*\] = \[?(?P<index>[0-9, -]+)\]? is out of bounds"),
        Pattern(r"is out of bounds: need 0 <= index < \[(?P<size>[0-9, ]+)\]"),
    ),
    yields_to=(
        "embedding-index-out-of-range",
        "label-loss-mismatch",
        "dataset-function-failed",
    ),
    seen="The index[ {index}][ on axis {axis}] is outside of the tensor[ (size {size})][ in "
    "{node}].",
    why="An op picks or writes by an index that the tensor does not have. The sequence, image or "
    "list is shorter than the code thinks, or ids count from 1. On a GPU some ops raise nothing "
    "and read zeros.",
    fix="Print the tensor's shape and the index for the failing batch. Keep the index inside "
    "(tf.minimum, tf.clip_by_value), pad what is too short, or make the tensor larger.",
    candidates=(
        Candidate(
            cause=Cause.EMBEDDING_INDEX_OUT_OF_RANGE,
            check="Are the indices token ids that go into an embedding?",
        ),
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Is the op in the dataset's functions, on one short or damaged element?",
        ),
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Does the tensor have fewer axes or steps than the model was made for?",
        ),
    ),
    source="tensorflow/core/kernels/gather_nd_op.h, tensorflow/core/util/strided_slice_op.cc",
    hits=(
        "InvalidArgumentError: slice index 7 of dimension 0 out of bounds. [Op:StridedSlice] name: "
        "strided_slice/\n",
        "InvalidArgumentError: Expected size[1] in [0, 14], but got 20\n\t [[{{node Slice}}]]\n",
        "InvalidArgumentError: indices[2] = [9, 0] does not index into shape [9,4] "
        "[Op:ScatterNd]\n",
    ),
    misses=(
        "IndexError: list index out of range\n",
        "InvalidArgumentError: indices[0,3] = 51 is not in [0, 50)\n",
    ),
)

"""An op refuses the value of an argument."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG532",
    name="argument-refused",
    cause=Cause.GRAPH_EXECUTION_GENERIC,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Input (?:matrix )?is not invertible"),
        Pattern(r"Cholesky decomposition was not successful"),
        Pattern(
            r"[Mm]atrix is (?:singular|not (?:positive definite|invertible))",
            anchors=("atrix is singular", "atrix is not "),
        ),
        Pattern(
            r"(?:Self-adjoint eigen|Eigen|SVD|LU|QR) ?decomposition (?:was not successful|failed)",
            anchors=("ecomposition was not", "ecomposition failed"),
        ),
        Pattern(
            r"Not enough time for target transition sequence \(required: (?P<needed>[0-9]+), "
            r"available: "
            r"(?P<found>[0-9]+)\)"
        ),
        Pattern(
            r"Paddings? must be (?:non-negative|less than[^{]*): ?(?P<found>[0-9 -]*)",
            anchors=("must be non-negative: ", "addings must be less than"),
        ),
        Pattern(
            r"[Cc]rop (?:size|width|height)[^{]*must be (?:positive|[<>]=? [^{]*)",
            anchors=("rop size", "rop width", "rop height"),
        ),
        Pattern(
            r"(?:Need value\.shape >= size|Need minval < maxval|Requires start <= limit|Requires "
            r"delta)"
            r"[^{]*",
            anchors=(
                "Need value.shape >= size",
                "Need minval < maxval",
                "Requires start <= limit",
                "Requires delta",
            ),
        ),
        Pattern(
            r"(?:width|height|offset_\w+|target_\w+) must be (?:>=? ?0|<=? |positive)[^{]*",
            anchors=(" must be >", " must be <", " must be positive"),
        ),
        Pattern(r"Invalid value in tensor used for shape: (?P<found>-?[0-9]+)"),
        Pattern(r"Dimension (?P<found>-[0-9]+) must be >= 0"),
        Pattern(
            r"Encountered overflow (?:when multiplying|from multiplying)[^{]*",
            anchors=("Encountered overflow ",),
        ),
        Pattern(r"Integer division by zero"),
        Pattern(r"Integers to negative integer powers are not allowed"),
        Pattern(r"seq_lens?\([0-9]+\) > input\.dims\([0-9]*\)"),
        Pattern(
            r"(?:num_segments|num_classes|depth|num_split|k|size|rate|stride) must be (?:positive|"
            r"non-negative|>=? ?[0-9]+)(?:,? (?:but )?got:? ?(?P<found>-?[0-9]+))?",
            anchors=(" must be positive", " must be non-negative", " must be >"),
        ),
        Pattern(r"The first dimension of paddings must be the rank of inputs"),
        Pattern(r"tensor_list(?:_\w+)?: [^{]*(?:invalid|mismatch)"),
        Pattern(
            r"Trying to (?:stack|concat) (?:a list with )?(?:uninitialized|only)[^{]*",
            anchors=("Trying to stack ", "Trying to concat "),
        ),
        Pattern(r"Duplicate key (?P<found>\S+) in"),
        Pattern(
            r"(?:perm|permutation) (?P<found>\S+)? ?(?:is not|must be) a (?:valid )?permutation",
            anchors=("a permutation", "valid permutation"),
        ),
    ),
    yields_to=(
        "label-loss-mismatch",
        "shape-mismatch",
        "embedding-index-out-of-range",
        "nan-inf",
        "dtype-mismatch",
        "data-pipeline",
        "checkpoint-mismatch",
        "xla-unsupported-op",
    ),
    seen="An op refuses a value[: {found}][ where {needed} is needed][ (in {node})].",
    why="The value came out of the data or of an earlier step, and the op is not defined for it: a "
    "matrix without an inverse, a negative size, a text that is no number.",
    fix="Print the value for the failing batch and keep it in what the message allows: a small "
    "multiple of the identity for matrices, longer inputs than labels for CTC, sizes above zero "
    "for crops and paddings, cleaned text for numbers.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Is the op in the dataset's functions? Then one element is odd.",
        ),
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Is the value a size?",
        ),
    ),
    source="tensorflow/core/kernels",
    hits=(
        "InvalidArgumentError: Input is not invertible. [Op:MatrixInverse]\n",
        "InvalidArgumentError: Not enough time for target transition sequence (required: 41, "
        "available: 30)8You can turn this error into a warning by using the flag "
        "ignore_longer_outputs_than_inputs\n",
        "InvalidArgumentError: Need value.shape >= size, got [3 90 3] vs [3 96 96]\n",
    ),
    misses=(
        "E tensorflow/core/kernels/check_numerics_op.cc:292] abnormal_detected_host @0x7f = {1, 0} "
        "Tensor had NaN values\n",
        "width must be set by the caller\n",
    ),
)

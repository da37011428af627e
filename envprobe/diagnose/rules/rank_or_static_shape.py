"""An op, a placeholder or a function gets a tensor with another number of axes or another shape."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._targets import about_targets, told_in_full
from envprobe.diagnose.rules._weights import WEIGHTS, loads_weights
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SHAPE = r"[\[(][0-9?, None]*[\])]"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if _same_shapes(sighting):
        return None
    sighting = told_in_full(sighting, log)
    if loads_weights(sighting):
        return WEIGHTS
    if about_targets(sighting):
        return Reading(cause=Cause.LABEL_LOSS_MISMATCH, confidence=Confidence.LIKELY)
    return Reading()


def _same_shapes(sighting: Sighting) -> bool:
    """Whether a function refuses a tensor that differs from its signature by the dtype only."""
    fields = sighting.fields
    return "Can not cast TensorSpec" in sighting.line.text and (
        fields.get("found") == fields.get("expected")
    )


RULE = Rule(
    code="LOG408",
    name="rank-or-static-shape",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?:[Cc]an not|[Cc]annot) squeeze dim\[(?P<axis>-?[0-9]+)\], expected a dimension of "
            r"1, got (?P<found>[0-9]+)",
            anchors=(" squeeze dim[",),
        ),
        Pattern(r"Check failed: .*Invalid index from the dimension: (?P<expected>[0-9]+), "),
        Pattern(
            r"[Ss]hape must be (?:at (?:least|most) )?rank (?P<expected>[0-9]+) but is rank "
            r"(?P<found>[0-9]+) for '?(?:\{\{node )?(?P<node>[^\s'}]+)",
            anchors=("hape must be rank ", "hape must be at least rank ", "hape must be at most"),
        ),
        Pattern(
            r"Cannot feed value of shape (?P<found>\([^)%]*\)) for Tensor (?P<node>\S+?),? which "
            r"has shape '?(?P<expected>\([^)]*\))"
        ),
        Pattern(
            r"Tensor's shape (?P<found>" + SHAPE + r") is not compatible with supplied shape "
            r"(?P<expected>" + SHAPE + ")"
        ),
        Pattern(
            r"shape (?P<found>" + SHAPE + r") is not compatible with expected shape "
            r"(?P<expected>" + SHAPE + ")"
        ),
        Pattern(
            r"Shape of tensor (?P<node>[^\s{]+) (?P<found>" + SHAPE + r") is not compatible with "
            r"expected shape (?P<expected>" + SHAPE + ")"
        ),
        Pattern(
            r"Index out of range using input dim (?P<expected>[0-9]+); input has only "
            r"(?P<found>[0-9]+) dims"
        ),
        Pattern(
            r"(?:Expected multiples argument|Expected input rank|Expected shape argument)[^{]*"
            r"(?:to be|got) ",
            anchors=("Expected multiples arg", "Expected input rank", "Expected shape argument"),
        ),
        Pattern(
            r"transpose expects a vector of size (?P<found>[0-9]+)\. But input\(1\) is a vector of "
            r"size (?P<expected>[0-9]+)"
        ),
        Pattern(
            r"Inputs? (?:should|must) have rank (?P<expected>[0-9]+)\.? Received:? "
            r"(?:input_shape|inputs\.shape|input\.shape) ?= ?(?P<found>[(\[][^)\]{]*[)\]])",
            anchors=("have rank ",),
        ),
        Pattern(
            r"input must be (?P<expected>[0-9])-dimensional,? ?(?:but got |got |instead has )?"
            r"(?:shape )?(?P<found>" + SHAPE + ")"
        ),
        Pattern(
            r"(?:images?|input|out_backprop|filter|tensor|value|data|boxes|params|contents|image) "
            r"must be (?:a )?(?:[0-9]-?D|[0-9]-dimensional|scalar|(?:a )?vector|(?:a )?matrix)"
            r"[,:]? ?(?:but got |but is |got |instead has )?:? ?(?:shape )?(?P<found>"
            r"\[[0-9,? ]*\])",
            anchors=("must be ",),
        ),
        Pattern(
            r"'images' (?:must|must have|contains) (?:either )?(?:have )?(?:no shape|[0-9] "
            r"(?:or [0-9] )?dimensions)",
            anchors=("'images' ",),
        ),
        Pattern(
            r"(?:Python inputs incompatible with input_signature|Could not find matching "
            r"(?:concrete "
            r")?function to call loaded from the SavedModel)",
            anchors=("incompatible with input_signature", "Could not find matching"),
        ),
        Pattern(
            r"Can not cast TensorSpec\(shape=(?P<found>\([^)]*\)), .*? to TensorSpec\(shape="
            r"(?P<expected>\([^)]*\))"
        ),
        Pattern(
            r"(?:`?as_list\(\)`? is not defined on an unknown TensorShape|The "
            r"(?:channel|last|feature) "
            r"dimension .* must be (?:known|defined))",
            anchors=(
                "is not defined on an unknown TensorShape",
                "must be known",
                "must be defined",
            ),
        ),
        Pattern(
            r"Input tensor (?P<node>\S+) enters the loop with shape (?P<expected>" + SHAPE + r"), "
            r"but has shape (?P<found>" + SHAPE + r") after one iteration"
        ),
        Pattern(
            r"has shape (?P<expected>"
            + SHAPE
            + r") before the loop, but shape (?P<found>"
            + SHAPE
            + r") after one iteration"
        ),
        Pattern(
            r"(?:(?:tuple )?index out of range|not enough values to unpack \(expected [0-9]+, got "
            r"[0-9]+\)|too many values to unpack \(expected [0-9]+)",
            before=(r"(?:\.shape|\.get_shape\(\)|int_shape|input_shape)",),
            anchors=(
                "tuple index out of range",
                "not enough values to unpack",
                "too many values to unpack",
            ),
        ),
        Pattern(
            r"setting an array element with a sequence\. The requested array has an "
            r"inhomogeneous shape after (?P<found>[0-9]+) dimensions"
        ),
        Pattern(r"An `initial_state` was passed that is not compatible with `cell\.state_size`"),
        Pattern(
            r"State [0-9]+ is incompatible with layer (?P<layer>[^\s:{]+): expected shape="
            r"(?P<expected>" + SHAPE + r"),? (?:but )?found shape=(?P<found>" + SHAPE + ")"
        ),
        Pattern(
            r"Number of ways to split should evenly divide the split dimension, but got split_dim "
            r"[0-9]+ \(size = (?P<found>[0-9]+)\) and num_split (?P<expected>[0-9]+)"
        ),
        Pattern(r"sequence_length\([0-9]+\) <= (?P<expected>[0-9]+)"),
        # The same, where the log ends within the message.
        Pattern(r"Cannot feed value of shape (?P<found>\([^)%]*\)) for Tensor"),
        Pattern(
            r"Expected (?:dimension|concatenating dimensions|scan axis|batch_dims|axis) in the "
            r"range \[(?P<expected>[0-9-]+, ?[0-9-]+)\),? but got (?P<found>-?[0-9]+)",
            anchors=("in the range [",),
        ),
    ),
    read=_read,
    seen="A tensor[ of layer {layer}] has[ the shape or rank {found}][ where {expected} is needed]"
    "[ (in {node})].",
    why="The op is defined for a fixed number of axes, or for the shape with which the "
    "placeholder, the function or the model was made, and the data has another one. A missing "
    "batch axis and single-channel images without a channel axis are the usual reasons.",
    fix="Print the shape of what is passed. Add the missing axis (x[None, ...] for the batch, "
    "x[..., None] for the channel), remove one with tf.squeeze, or make the signature open with "
    "None.",
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Is it the tensor of the labels? Compare y.shape with model.output_shape.",
        ),
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Does it come only with some files? Then one of them has another shape.",
        ),
    ),
    yields_to=("checkpoint-mismatch",),
    source="tensorflow/core/framework/common_shape_fns.cc, tensorflow/python/client/session.py",
    hits=(
        "ValueError: Shape must be rank 4 but is rank 3 for '{{node conv1/Conv2D}} = "
        "Conv2D[T=DT_FLOAT]' with input shapes: [64,64,3], [3,3,3,8].\n",
        "ValueError: Cannot feed value of shape (50, 30) for Tensor 'x:0', which has shape "
        "'(50, 40)'\n",
        "ValueError: Could not find matching concrete function to call loaded from the SavedModel. "
        "Got:\n  Positional arguments (1 total):\n    * <tf.Tensor 'a:0' shape=(8,) "
        "dtype=float32>\n",
    ),
    misses=(
        "  'Cannot feed value of shape %r for Tensor %r, which has shape %r' % (a, b, c)\n",
        "IndexError: list index out of range\n",
        "TypeError: Binding inputs to tf.function failed due to `Can not cast "
        "TensorSpec(shape=(5,), dtype=tf.int64, name=None) to TensorSpec(shape=(5,), "
        "dtype=tf.float32, name=None)`.\n",
    ),
)

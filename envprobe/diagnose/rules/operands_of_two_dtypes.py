"""One op is given tensors of two dtypes."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._allowed import BESIDE
from envprobe.diagnose.rules._dtypes import dtype_name, is_low_precision, named
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

LAYER = r"Exception encountered when calling (?:layer )?['\"]?([\w.]+)['\"]?(?:\.call\(\)| \(type)"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The two dtypes, the op and the layer; and the fix for mixed precision."""
    known = dict(sighting.fields)
    listed = known.get("dtypes")
    names = [one.strip(" '<>").removeprefix("dtype: '") for one in (listed or "").split(",") if one]
    if names:
        known |= {"dtype": names[0], "wanted": next((n for n in names if n != names[0]), names[0])}
    fields: dict[str, str | int | float] = {
        key: dtype_name(value) if key in ("dtype", "wanted") else value
        for key, value in known.items()
    }
    layer = compiled(LAYER).search(sighting.before[-3000:])
    if layer:
        fields["layer"] = str(layer.group(1))
    if _not_taken(sighting, fields):
        return Reading(cause=Cause.UNSUPPORTED_PRECISION, fields=fields, fix=FLOAT32)
    mixed = any(is_low_precision(str(fields.get(key))) for key in ("dtype", "wanted"))
    return Reading(
        fields=fields, fix=MIXED if mixed else None, candidates=PRECISION if mixed else None
    )


def _not_taken(sighting: Sighting, fields: dict[str, str | int | float]) -> bool:
    """Whether the op takes its data in float32 only, and not an input beside the data."""
    return (
        "does not match expected type" in sighting.line.text
        and is_low_precision(str(fields.get("dtype")))
        and fields.get("wanted") == "float32"
        and (
            fields.get("parameter") not in BESIDE
            or str(fields.get("op")).startswith("NonMaxSuppression")
        )
    )


FLOAT32 = (
    "The op takes this input in float32 only: cast it with tf.cast(x, 'float32') before the op, or "
    "give the layer dtype='float32'."
)
MIXED = (
    "Make everything in the layer in the dtype it computes in: tf.cast(x, self.compute_dtype) "
    "instead of float32 constants, masks and weights. Or let this layer compute in float32: give "
    "it "
    "dtype='float32'. Layers of older releases have this mistake themselves: newer ones are mended."
)
PRECISION = (
    Candidate(
        cause=Cause.UNSUPPORTED_PRECISION,
        check="Run it without the mixed policy: it works in float32, and the layer is a library's.",
    ),
)

RULE = Rule(
    code="LOG430",
    name="operands-of-two-dtypes",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            rf"Input '(?P<parameter>\w+)' of '(?P<op>\w+)' Op has type {named('dtype')} that does "
            rf"not match (?:expected )?type (?:of )?{named('wanted')}"
        ),
        Pattern(
            rf"cannot compute (?P<op>\w+) as input #(?P<index>[0-9]+)\S* was expected to be an? "
            rf"{named('wanted')} tensor but is an? {named('dtype')} tensor"
        ),
        Pattern(
            r"Tensors in list passed to '(?P<parameter>\w+)' of '(?P<op>\w+)' Op have types "
            r"\[(?P<dtypes>[^\]]+)\]"
        ),
        Pattern(
            r"All tensors passed to '(?P<parameter>\w+)' of '(?P<op>\w+)' Op must have the same "
            r"type\. Got \[(?P<dtypes>[^\]]+)\]"
        ),
        Pattern(rf"must have the same dtype, got {named('dtype')} != {named('wanted')}"),
        Pattern(
            r"Input '(?P<parameter>\w+)' of '(?P<op>\w+)' Op has type list of (?P<actual>.{3,80}) "
            r"that does not match type list"
        ),
        Pattern(
            rf"Input (?P<index>[0-9]+) of node (?P<node>\S+) was passed {named('dtype')} from \S+ "
            rf"incompatible with expected {named('wanted')}"
        ),
        Pattern(
            rf"(?:must|should) (?:all )?(?:have|be of) the same d?type\b.{{0,40}}?[Gg]ot:? "
            rf"\[?{named('dtype')}\W{{1,4}}(?:and|vs\.?|!=)? ?{named('wanted')}",
            anchors=("the same dtype", "the same type"),
        ),
        Pattern(
            rf"dtype mismatch.{{0,60}}?{named('dtype')}.{{1,30}}?{named('wanted')}",
            anchors=("dtype mismatch",),
        ),
        Pattern(r"Binary operations? .{0,40}incompatible dtypes?", anchors=("incompatible dtype",)),
    ),
    read=read,
    yields_to=("label-loss-mismatch",),
    seen=(
        "Tensors of {dtype} and of {wanted} meet in one op[: {op}][, in its input {parameter}]"
        "[, in the layer {layer}]."
    ),
    why=(
        "TensorFlow does not convert between dtypes by itself: all inputs of an op that computes "
        "with both must have one."
    ),
    fix=(
        "Cast the one to the other: tf.cast(x, '{wanted}'). NumPy and pandas make float64 and "
        "int64: "
        "convert data once, with array.astype('float32'), and write 2.0 instead of 2 beside floats."
    ),
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="If the traceback goes through the loss: look at the dtype of the labels.",
        ),
    ),
    source="tensorflow/python/framework/op_def_library.py",
    hits=(
        "TypeError: Input 'y' of 'Sub' Op has type float64 that does not match type float32 of "
        "argument 'x'.\n",
        "InvalidArgumentError: Exception encountered when calling layer 'gate_3' (type Gate).\n\n"
        "cannot compute AddV2 as input #1(zero-based) was expected to be a bfloat16 tensor but is "
        "a "
        "float tensor [Op:AddV2] name: gate_3/add/\n",
        "TypeError: Tensors in list passed to 'values' of 'Pack' Op have types [int32, float32] "
        "that "
        "don't all match.\n",
        "TypeError: `x` and `y` must have the same dtype, got tf.int64 != tf.int32.\n",
        "TypeError: Input 'boxes' of 'NonMaxSuppressionV4' Op has type float16 that does not "
        "match expected type of float32.\n",
    ),
    misses=(
        "InvalidArgumentError: Incompatible shapes: [32,10] vs. [32,1] [Op:Sub]\n",
        "          raise TypeError(\"%s type %s of argument '%s'.\" % (prefix, dtype, name))\n",
        "WARNING:tensorflow:Layer m is casting an input tensor from dtype float64 to the layer's "
        "dtype of float32, which is new behavior in TensorFlow 2.\n",
    ),
)

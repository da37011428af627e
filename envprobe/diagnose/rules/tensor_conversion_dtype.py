"""A tensor or variable stands where another dtype is asked for."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import named, with_dtype_names
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Both dtypes, in one spelling; nothing where they are the same."""
    fields = with_dtype_names(sighting.fields)
    if "dtype" in fields and fields["dtype"] == fields.get("wanted"):
        return None
    return Reading(fields={**fields})


RULE = Rule(
    code="LOG431",
    name="tensor-conversion-dtype",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            rf"Tensor conversion requested dtype {named('wanted')} for Tensor with dtype "
            rf"{named('dtype')}"
        ),
        Pattern(
            rf"Incompatible (?:tensor|type) conversion requested to (?:`dtype`|type) "
            rf"'?{named('wanted')}'? for .{{0,80}}?{named('dtype')}",
            anchors=("conversion requested to",),
        ),
        Pattern(
            rf"returned incompatible dtype: requested = {named('wanted')}, actual = "
            rf"{named('dtype')}"
        ),
        Pattern(
            rf"Sparse dtype mismatch\. Requested: {named('wanted')}, +[Aa]ctual: {named('dtype')}"
        ),
        Pattern(
            rf"Trying to (?P<access>read|assign) (?:variable|value) with wrong dtype\. Expected "
            rf"{named('wanted')} got {named('dtype')}",
            anchors=("with wrong dtype",),
        ),
        Pattern(
            rf"Data type mismatch at component (?P<component>[0-9]+): expected {named('wanted')} "
            rf"but got {named('dtype')}"
        ),
        Pattern(
            rf"Type mismatch: actual {named('dtype')} vs\. expect(?:ed)? {named('wanted')}",
        ),
        Pattern(
            rf"[Cc]an ?not cast (?:TensorSpec|Tensor)\(.*?dtype=(?:tf\.)?{named('dtype')}.*? to "
            rf"TensorSpec\(.*?dtype=(?:tf\.)?{named('wanted')}",
            anchors=("an not cast", "annot cast"),
        ),
        Pattern(
            rf"dtype {named('dtype')} of (?P<parameter>on_value|off_value) does not match dtype "
            rf"parameter {named('wanted')}",
            anchors=("does not match dtype parameter",),
        ),
        Pattern(
            rf"Invalid (?P<parameter>key|value) dtype for table, expected {named('wanted')} but "
            rf"got "
            rf"{named('dtype')}"
        ),
        Pattern(
            rf"Expected tensor .{{1,200}} with dtype {named('wanted')}, but got dtype "
            rf"{named('dtype')}",
            anchors=("Expected tensor",),
        ),
        Pattern(
            rf"Passing `fused=True` is only supported when the compute dtype is .*Got dtype: "
            rf"{named('dtype')}"
        ),
        Pattern(rf"Invalid dtype {named('dtype')} in __truediv__"),
        Pattern(
            rf"Expects arg\[(?P<parameter>[0-9]+)\] to be {named('wanted')} but "
            rf"{named('dtype')} is provided"
        ),
        Pattern(
            rf"Got (?:value|tensor) of type {named('dtype')} but expected type {named('wanted')} "
            rf"for "
            r"input (?P<parameter>[0-9]+)",
            anchors=("but expected type",),
        ),
        Pattern(
            rf"Data types don't match\. (?:Data type: {named('dtype')} but )?[Ee]xpected type: "
            rf"{named('wanted')}"
        ),
        Pattern(rf"JSON Value: .{{1,200}} Type: \w+ is not of expected type: {named('wanted')}"),
        Pattern(rf"Cannot interpret '{named('dtype')}' as a data type"),
    ),
    read=read,
    yields_to=("label-loss-mismatch",),
    seen="A tensor[ of {dtype}] does not have the dtype that is needed[: {wanted}].",
    why="TensorFlow does not convert between dtypes by itself.",
    fix=(
        "Cast it: tf.cast(x, '{wanted}'). Convert NumPy data once with array.astype('{wanted}'); "
        "in "
        "a layer of your own under a mixed policy use self.compute_dtype."
    ),
    candidates=(
        Candidate(
            cause=Cause.UNSUPPORTED_PRECISION,
            check="If one of them is float16 or bfloat16: try it without the mixed policy.",
        ),
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="If the traceback goes through the loss: look at the dtype of the labels.",
        ),
    ),
    source="tensorflow/python/framework/tensor.py",
    hits=(
        "ValueError: Tensor conversion requested dtype int64 for Tensor with dtype int32: "
        "<tf.Tensor"
        ": shape=(), dtype=int32, numpy=7>\n",
        "ValueError: Incompatible type conversion requested to type 'float32' for AutoCastVariable "
        "which is casted to type 'float16'\n",
        "InvalidArgumentError: Data type mismatch at component 0: expected double but got float.\n",
    ),
    misses=(
        '              f"Tensor conversion requested dtype {dtype.name} "\n',
        "TypeError: Binding inputs to tf.function failed due to `Can not cast "
        "TensorSpec(shape=(3,),"
        " dtype=tf.float32, name=None) to TensorSpec(shape=(2,), dtype=tf.float32, name=None)`.\n",
    ),
)

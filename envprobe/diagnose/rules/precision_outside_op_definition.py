"""An op is not defined for float16 or bfloat16, on no device, in this release."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._allowed import PATTERNS, refusal
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The refused precision and those that are taken."""
    refused = refusal(sighting)
    if refused is None or not refused.whole_op_lacks_precision:
        return None
    return Reading(fields=refused.fields)


RULE = Rule(
    code="LOG305",
    name="precision-outside-op-definition",
    cause=Cause.UNSUPPORTED_PRECISION,
    kind=Kind.FATAL,
    patterns=(
        *PATTERNS,
        Pattern(
            r"Unknown `?floatx`? (?:type|value): '?(?P<dtype>bfloat16|float8\w*)",
            anchors=("Unknown floatx", "Unknown `floatx`"),
        ),
        Pattern(r"Op does not support (?P<dtype>bfloat16|float16|half) inputs"),
        Pattern(r"[Gg]ot unsupported ScalarType (?P<dtype>BFloat16|Half)"),
        Pattern(r"data type '(?P<dtype>bfloat16|float8\w*)' not understood"),
        Pattern(
            r"(?:[Uu]nsupported|[Uu]nhandled|[Ii]nvalid) (?:primitive |element |data )?type:? "
            r"'?(?P<dtype>(?i:bf16|f16|fp16|bfloat16|float16|half|f8\w+))\b",
            anchors=("supported ", "nhandled ", "nvalid "),
        ),
        Pattern(r"LLVM ERROR: (?:Cannot select|[Uu]nsupported).*\b(?P<dtype>bf16|f16)\b"),
        Pattern(r"\"(?P<op>\w+)\" not implemented for '(?P<dtype>Half|BFloat16)'"),
        Pattern(r"Collective all-reduce does not support datatype DT_(?P<dtype>\w+)"),
    ),
    read=read,
    seen=(
        "The dtype {dtype} is not allowed[ in {op}][ for its parameter {parameter}]"
        "[; allowed are {allowed}]."
    ),
    why=(
        "The op's definition lists the dtypes that it takes, and {dtype} is not among them: no "
        "device runs it in this precision with this release."
    ),
    fix=(
        "Let this op compute in float32: give the layer dtype='float32', or cast with "
        "tf.cast(x, 'float32') before it and back behind it. Keep the last layer and the loss in "
        "float32 under a mixed policy. Newer releases take bfloat16 in more ops; float16 is taken "
        "by more than bfloat16."
    ),
    candidates=(
        Candidate(
            cause=Cause.DTYPE_MISMATCH,
            check="If only one of several inputs is in {dtype}: cast that one.",
        ),
    ),
    source="tensorflow/python/framework/op_def_library.py",
    hits=(
        "TypeError: Value passed to parameter 'features' has DataType bfloat16 not in list of "
        "allowed values: float16, float32, float64\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Value for attr 'T' of "
        "bfloat16 is not in the list of allowed values: double, float, half, complex64, "
        "complex128\n"
        "\t; NodeDef: {{node MatrixDeterminant}}; Op<name=MatrixDeterminant; signature=input:T -> "
        "output:T> [Op:MatrixDeterminant] name:\n",
        "ValueError: Unknown floatx type: bfloat16\n",
    ),
    misses=(
        "TypeError: Value passed to parameter 'indices' has DataType float32 not in list of "
        "allowed "
        "values: int32, int64\n",
        "TypeError: Value passed to parameter 'scale' has DataType float16 not in list of allowed "
        "values: float32\n",
        '---> 61            ", ".join(dtypes.as_dtype(x).name for x in allowed_list)))\n',
    ),
)

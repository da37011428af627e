"""A tensor has a dtype that the op does not take there, on whatever device."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._allowed import PATTERNS, refusal
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The refused dtype and those that are taken."""
    refused = refusal(sighting)
    if refused is None or refused.whole_op_lacks_precision:
        return None
    return Reading(fields=refused.fields)


RULE = Rule(
    code="LOG432",
    name="dtype-outside-op-definition",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    patterns=PATTERNS,
    read=read,
    yields_to=("label-loss-mismatch",),
    seen="The parameter {parameter}[ of {op}] does not take {dtype}[; allowed are {allowed}].",
    why=(
        "The op's definition lists the dtypes that each input may have, and TensorFlow does not "
        "convert by itself."
    ),
    fix=(
        "Cast this input: tf.cast(x, '{wanted}'). Data read by pandas or NumPy is often float64 or "
        "int64: convert it once, with array.astype('{wanted}')."
    ),
    candidates=(
        Candidate(
            cause=Cause.UNSUPPORTED_PRECISION,
            check="If the dtype is the policy's float16 or bfloat16: run the layer in float32.",
        ),
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="If the traceback goes through the loss: look at the labels' dtype.",
        ),
    ),
    source="tensorflow/python/framework/op_def_library.py",
    hits=(
        "TypeError: Value passed to parameter 'indices' has DataType float32 not in list of "
        "allowed "
        "values: int32, int64\n",
        "TypeError: Value passed to parameter 'offset' has DataType float16 not in list of allowed "
        "values: float32\n",
        "InvalidArgumentError: Value for attr 'Tidx' of float is not in the list of allowed "
        "values: "
        "int32, int64\n\t; NodeDef: {{node Range}}; Op<name=Range> [Op:Range]\n",
    ),
    misses=(
        "TypeError: Value passed to parameter 'x' has DataType bfloat16 not in list of allowed "
        "values: float16, float32, float64\n",
        '          "allowed values: %s" % (param_name, dtypes.as_dtype(dtype).name,\n',
    ),
)

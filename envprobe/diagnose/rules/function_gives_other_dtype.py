"""A Python function or generator gives another dtype than was promised for it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import named, with_dtype_names
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The dtypes in one spelling."""
    return Reading(fields={**with_dtype_names(sighting.fields)})


RULE = Rule(
    code="LOG437",
    name="function-gives-other-dtype",
    cause=Cause.DTYPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            rf"[0-9]+-th value returned by (?P<function>\w+) is {named('dtype')}, but expects "
            rf"{named('wanted')}"
        ),
        Pattern(
            rf"`generator` yielded an element that could not be converted to the expected type\. "
            rf"The "
            rf"expected type was {named('wanted')}, but the yielded element was "
            rf"(?P<value>[^{{].{{0,120}})"
        ),
        Pattern(
            rf"`generator` yielded an element of type {named('dtype')} where an element of type "
            rf"{named('wanted')} was expected"
        ),
        Pattern(
            rf"Unsupported (?:data )?type for (?:py_function|numpy_function): {named('dtype')}",
            anchors=("Unsupported type for", "Unsupported data type for"),
        ),
        Pattern(
            rf"pyfunc_[0-9]+ returns? {named('dtype')}, but expects {named('wanted')}",
            anchors=("but expects",),
        ),
    ),
    read=read,
    seen="A Python function[ ({function})] gives[ {dtype}][ {value}] where {wanted} was promised.",
    why=(
        "tf.numpy_function, tf.py_function and Dataset.from_generator are told the dtype "
        "beforehand (Tout, output_signature), and NumPy makes float64 and int64 by itself."
    ),
    fix=(
        "Convert in the function: return x.astype('{wanted}'), or promise what it gives (Tout, "
        "output_signature)."
    ),
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="If only some elements fail: look at the one that the message shows.",
        ),
    ),
    source="tensorflow/python/lib/core/py_func.cc",
    hits=(
        "InvalidArgumentError: {{function_node __inference_Dataset_map_load_12}} 0-th value "
        "returned "
        "by pyfunc_7 is double, but expects float\n\t [[{{node PyFunc}}]] [Op:IteratorGetNext]\n",
        "TypeError: `generator` yielded an element that could not be converted to the expected "
        "type. "
        "The expected type was int32, but the yielded element was [3.5, 'x'].\n",
    ),
    misses=('                f"`generator` yielded an element of type {ret_array.dtype} "\n',),
)

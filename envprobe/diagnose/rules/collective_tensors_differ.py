"""The members of a collective op bring tensors of different shapes or dtypes."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# tensorflow/core/framework/types.proto
DTYPES = {
    "1": "float32",
    "2": "float64",
    "3": "int32",
    "4": "uint8",
    "9": "int64",
    "10": "bool",
    "14": "bfloat16",
    "19": "float16",
}


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    fields = sighting.fields
    if "wanted" not in fields:
        return Reading()
    one, other = (DTYPES.get(fields[name], fields[name]) for name in ("wanted", "got"))
    return Reading(cause=Cause.DTYPE_MISMATCH, fields={"one": one, "other": other})


RULE = Rule(
    code="LOG728",
    name="collective-tensors-differ",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Shape mismatch in the collective instance (?P<instance>\S+)\. Op at device "
            r"(?P<device>\S+) expected shape (?P<one>\[[0-9,]*\]) but another member in the group "
            r"expected shape (?P<other>\[[0-9,]*\])"
        ),
        Pattern(r"due to different input shapes at different members of the collective"),
        Pattern(
            r"Collective instance (?P<instance>\S+) expected type [0-9]+ and data_type "
            r"(?P<wanted>[0-9]+) but got type [0-9]+ and data_type (?P<got>[0-9]+)"
        ),
    ),
    seen="the members of a collective op bring different tensors[: {one} and {other}][ (instance "
    "{instance}, {device})]",
    why="All replicas and processes must give tensors of one shape and one dtype to an all-reduce. "
    "They do not run the same model on the same shapes: a last batch with fewer examples, a layer "
    "whose size depends on the data, or another version of the script on one host.",
    fix="Give every replica the same shapes: drop_remainder=True in Dataset.batch, fixed "
    "sizes in the model. Run the same script and the same configuration in every "
    "process.",
    candidates=(
        Candidate(
            cause=Cause.NCCL_COLLECTIVE_FAILURE,
            check="Does one process run another script, or was it restarted alone?",
        ),
    ),
    source="tensorflow/core/common_runtime/collective_param_resolver_local.cc",
    read=_read,
    hits=(
        "2023-04-05 06:07:08.1: E "
        "tensorflow/core/common_runtime/base_collective_executor.cc:249] "
        "BaseCollectiveExecutor::StartAbort INVALID_ARGUMENT: Shape mismatch in the "
        "collective instance 105. Op at device /job:worker/replica:0/task:1/device:GPU:0 "
        "expected shape [100] but another member in the group expected shape [200]. This "
        "is likely due to different input shapes at different members of the collective "
        "op.",
        "InternalError: Collective ops is aborted by: Collective instance 7 expected type "
        "0 and data_type 1 but got type 0 and data_type 19\nThe error could be from a "
        "previous operation. Restart your program to reset. [Op:CollectiveReduceV2]",
    ),
    misses=(
        "ValueError: Shape mismatch: The shape of labels (received (8,)) should equal the shape",
    ),
)

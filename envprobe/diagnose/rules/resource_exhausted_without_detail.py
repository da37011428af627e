"""Something ran out, most often GPU memory; the lines that tell what are not in the log."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import (
    HOST,
    LESS_AT_ONCE,
    MEMORY_CAUSES,
    OTHER_PROCESS,
)
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# gRPC and cloud services end requests with the same status for limits of their own.
OTHER_LIMIT = r"(?i)message larger than max|quota|rate limit|too many requests|max_receive|grpc"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    return None if compiled(OTHER_LIMIT).search(sighting.text[:800]) else Reading()


RULE = Rule(
    code="LOG213",
    name="resource-exhausted-without-detail",
    cause=Cause.OOM_GPU,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"(?:^|errors_impl\.)ResourceExhaustedError(?: Traceback|:|$| \(see above)"),
        Pattern(r"OP_REQUIRES failed at \S+ : (?:RESOURCE_EXHAUSTED|Resource exhausted)(?::|\W*$)"),
    ),
    seen="TensorFlow ended with 'resource exhausted'[ in {op}][, the node {node}]; the lines that "
    "say of what are missing.",
    why="This status mostly means that the GPU's memory is full. It is also used where the "
    "computer's memory or the disk is full.",
    fix="Look at the lines above and below: they name the tensor or the file. " + LESS_AT_ONCE,
    yields_to=(*MEMORY_CAUSES, "nccl-collective-failure", "data-pipeline"),
    candidates=(
        OTHER_PROCESS,
        HOST,
        Candidate(cause=Cause.DISK_FULL, check="Does `df -h` show a full disk?"),
    ),
    source="tensorflow/python/framework/errors_impl.py",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: Graph execution error:\n\n"
        "Detected at node 'gradient_tape/net/conv2d_7/Conv2D/Conv2DBackpropInput' defined at (most "
        "recent call last):",
        "W tensorflow/core/framework/op_kernel.cc:1763] OP_REQUIRES failed at matmul_op.cc:12 : "
        "Resource exhausted...",
    ),
    misses=(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: Received message larger "
        "than max (6291456 vs. 4194304)",
        "    except tf.errors.ResourceExhaustedError:",
    ),
)

"""An operation could not get memory for its result; the message tells no shape."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._memory import HOST, IN_PIECES, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.diagnose.rules._pool import pool_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    near = sighting.text[:1500]
    if "device:CPU" in near and "device:GPU" not in near:
        return Reading(cause=Cause.OOM_HOST, candidates=())
    return Reading(fields=pool_of(log, sighting).fields())


RULE = Rule(
    code="LOG208",
    name="gpu-kernel-without-memory",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?:RESOURCE_EXHAUSTED|[Rr]esource ?[Ee]xhausted(?:Error)?).*failed to allocate memory"
        ),
        Pattern(r"^ *(?:\([0-9]\) )?failed to allocate memory(?: \[Op:|$)"),
    ),
    seen="The operation[ {op}][ of the node {node}] got no memory[; {in_use} of {limit} were in "
    "use].",
    why="A kernel asks for the memory of its result before it starts. There was too little left "
    "on the device that runs it, mostly the GPU.",
    fix=LESS_AT_ONCE + " Check with nvidia-smi that nothing else holds memory.",
    yields_to=(
        "gpu-tensor-did-not-fit",
        "gpu-allocator-ran-out",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
        "oom-host",
    ),
    candidates=(OTHER_PROCESS, IN_PIECES, HOST),
    source="tensorflow/core/framework/op_kernel.cc",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.ResourceExhaustedError: {{function_node "
        "__wrapped__AddV2_device_/job:localhost/replica:0/task:0/device:GPU:0}} failed to allocate "
        "memory [Op:AddV2]",
        "  (0) Resource exhausted:  failed to allocate memory\n\t [[{{node model_1/block/mul}}]]\n"
        "Hint: If you want to see a list of allocated tensors when OOM happens, add "
        "report_tensor_allocations_upon_oom to RunOptions for current allocation info.",
    ),
    misses=("worker 3 failed to allocate memory pages for the cache, retrying",),
)

"""The GPU had so little memory left that this process could not even open it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_start import full_in_table
from envprobe.diagnose.rules._memory import END_OTHERS
from envprobe.diagnose.rules._sizes import amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# What the driver reports where it cannot ask: minus one, or a number near to it.
IMPOSSIBLE_BYTES = 2**60
OUT = r"(?:CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation|hipErrorOutOfMemory|out of memory)"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    told: dict[str, str | int | float] = {}
    total = int(sighting.fields.get("total_bytes", 0))
    if 0 < total < IMPOSSIBLE_BYTES:
        told["total"] = amount(total)
    table = full_in_table(log)
    if table:
        told |= table.fields()
    holder = log.first("nvidia-smi-process")
    if holder:
        told["holder"] = f"{holder.fields['process']} (process {holder.fields['pid']})"
    return Reading(fields=told)


RULE = Rule(
    code="LOG221",
    name="gpu-context-out-of-memory",
    cause=Cause.OOM_GPU_OTHER_PROCESS,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            rf"failed call to cuDevicePrimaryCtxRetain: .*{OUT}"
            r"(?:.*?total memory reported: (?P<total_bytes>[0-9]+))?"
        ),
        Pattern(rf"cuDevicePrimaryCtxRetain\b[^'\"]{{0,200}}{OUT}"),
        Pattern(
            r"CUDA runtime implicit initialization on GPU:(?P<gpu>[0-9]+) failed\. Status: .*"
            rf"{OUT}"
        ),
        Pattern(rf"cudaSetDevice\(\) on GPU:(?P<gpu>[0-9]+) failed\. Status: .*{OUT}"),
        Pattern(rf"cudaGetDevice\(\) failed\. Status: .*{OUT}"),
        Pattern(rf"failed call to cuCtx(?:Create|SetCurrent)\w*: .*{OUT}"),
        Pattern(rf"failed initializing StreamExecutor for CUDA device ordinal [0-9]+: .*{OUT}"),
        Pattern(
            rf"[Ff]ailed to create (?:CUDA |a )?(?:GPU )?context.{{0,80}}{OUT}",
            anchors=("ailed to create ",),
        ),
        Pattern(rf"could not allocate CUDA stream for context .*{OUT}"),
    ),
    seen="The GPU[ {gpu}] could not be opened: no memory was left on it[ (it has {total})]"
    "[, {free_at_start} by nvidia-smi][. It is held by {holder}].",
    why="A process needs a few hundred MB of GPU memory before TensorFlow allocates anything. "
    "That they are missing means that other processes hold the card: another run, a notebook, a "
    "run that did not end, another user.",
    fix=END_OTHERS + " Where nvidia-smi shows memory in use but no process, ask for all users' "
    "processes with `sudo fuser -v /dev/nvidia*`.",
    yields_to=("driver-library-mismatch",),
    candidates=(
        Candidate(
            cause=Cause.OOM_GPU,
            check="Does this program use a second library on the GPU (PyTorch, JAX), or start "
            "several processes that each take the whole card?",
        ),
    ),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    read=_read,
    hits=(
        "2019-02-03 04:05:06.7: E tensorflow/core/common_runtime/direct_session.cc:158] Internal: "
        "failed initializing StreamExecutor for CUDA device ordinal 1: Internal: failed call to "
        "cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY; total memory reported: "
        "18446744073709551615\ntensorflow.python.framework.errors_impl.InternalError: Failed to "
        "create session.",
        "tensorflow.python.framework.errors_impl.InternalError: cudaSetDevice() on GPU:2 failed. "
        "Status: out of memory",
    ),
    misses=(
        "InternalError: CUDA runtime implicit initialization on GPU:0 failed. Status: device "
        "kernel image is invalid",
        "failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_INVALID_DEVICE: invalid device "
        "ordinal",
    ),
)

"""The program names a GPU by an index that does not exist."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER
from envprobe.terms import Cause

RULE = Rule(
    code="LOG150",
    name="device-ordinal-invalid",
    cause=Cause.DEVICE_ORDINAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Invalid device ordinal value \((?P<index>-?[0-9]+)\)\. Valid range is \[0, "
            r"(?P<last>-?[0-9]+)\]"
        ),
        Pattern(
            r"[Ss]etting up (?P<device>\S+) device number (?P<index>[0-9]+)",
            before=(r"device ordinal",),
        ),
        Pattern(
            r"cudaSetDevice\(\) on GPU:(?P<index>[0-9]+) failed\. Status: invalid device ordinal"
        ),
        Pattern(
            r"[Ii]nvalid device ordinal(?: value)?(?:[^(]|$)", anchors=("nvalid device ordinal",)
        ),
        Pattern(r"cudaErrorInvalidDevice\b"),
        Pattern(r"CUDA_ERROR_INVALID_DEVICE: invalid device ordinal"),
        Pattern(r"Unknown TF GPU device with id (?P<index>[0-9]+)"),
        Pattern(r"Invalid visible device index: (?P<index>[0-9]+)"),
    ),
    yields_to=("gpu-driver-missing", "driver-library-mismatch", "gpu-hardware-fault"),
    seen="A GPU is asked for that is not there[: index {index}][, the last one is {last}].",
    why="GPUs are counted from 0 within what CUDA_VISIBLE_DEVICES and the session's "
    "visible_device_list leave over. One part of the program uses an index of the whole "
    "machine, or lists devices with other options than the session that runs (the profiler "
    "and XLA do so in old releases).",
    fix="Choose the GPU in one place only: set CUDA_VISIBLE_DEVICES before the first TensorFlow "
    "call and use GPU:0 in the code, without visible_device_list. Check `nvidia-smi -L` for "
    "what is there; in a job give each process its own index (local rank).",
    candidates=(
        NO_DRIVER,
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT,
            check="nvidia-smi lists fewer GPUs than the machine has: one has fallen off the bus",
        ),
    ),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Invalid device ordinal "
        "value (3). Valid range is [0, 1].\n"
        "\twhile setting up XLA_GPU_JIT device number 3\n",
        "tensorflow.python.framework.errors_impl.InternalError: cudaSetDevice() on GPU:2 failed. "
        "Status: invalid device ordinal\n",
    ),
    misses=(
        "W tensorflow/compiler/xla/service/platform_util.cc:240] unable to create StreamExecutor "
        "for CUDA:0: failed initializing StreamExecutor for CUDA device ordinal 0: Internal: "
        "failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY: out of memory\n",
    ),
)

"""The GPU refuses a further process: another one holds it alone, or it is set to refuse all."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER
from envprobe.terms import Cause

RULE = Rule(
    code="LOG145",
    name="gpu-held-exclusively",
    cause=Cause.OOM_GPU_OTHER_PROCESS,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"on GPU:(?P<index>[0-9]+) .*are busy or unavailable"),
        Pattern(r"CUDA-capable devices?(?:\(s\))? (?:is/)?are busy or unavailable"),
        Pattern(r"cudaErrorDevicesUnavailable"),
        Pattern(r"CUDA_ERROR_DEVICE_UNAVAILABLE"),
    ),
    yields_to=("driver-library-mismatch", "driver-too-old", "gpu-hardware-fault"),
    seen="The GPU[ {index}] is there and refuses this process: it is busy or unavailable.",
    why="The GPU's compute mode lets only one process in (EXCLUSIVE_PROCESS) and another one is "
    "in, or none at all (PROHIBITED). Now and then it is a GPU that an aborted process left "
    "in a bad state, or a process that was forked after its parent had opened the GPU.",
    fix="Run `nvidia-smi -q -d COMPUTE` and `nvidia-smi`: end the process that holds the GPU, "
    "choose another GPU with CUDA_VISIBLE_DEVICES, or set `sudo nvidia-smi -c DEFAULT`. If "
    "nobody holds it, reboot.",
    candidates=(
        NO_DRIVER,
        Candidate(cause=Cause.CUDA_ARCH_UNSUPPORTED, check="the build has no code for this GPU"),
    ),
    source="https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html",
    hits=(
        "tensorflow.python.framework.errors_impl.InternalError: cudaSetDevice() on GPU:2 failed. "
        "Status: all CUDA-capable devices are busy or unavailable\n",
        "RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable\n",
    ),
    misses=("E cuda_driver.cc:271] failed call to cuInit: no CUDA-capable device is detected\n",),
)

"""The GPU is newer than the CUDA toolkit that TensorFlow loads, and its libraries fail on it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._architecture import gpu_too_new
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# What CUDA's libraries say on a GPU for which they have no kernels.
FAILURES = (
    "cudnn-handle-not-created",
    "cudnn-convolution-failed",
    "cudnn-status-failed",
    "dnn-library-not-found",
    "gpu-library-without-memory",
    "gpu-sync-failed",
    "jit-compilation-failed",
)


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    # A newer GPU alone proves nothing: much of it runs, translated by the driver.
    found = gpu_too_new(log) if log.has(*FAILURES) else None
    return Reading(fields=found._asdict()) if found else None


RULE = Rule(
    code="LOG175",
    name="gpu-newer-than-cuda",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"computeCapability: [0-9]+\.[0-9]"),
        Pattern(r"compute capability: [0-9]+\.[0-9]"),
        Pattern(r" major: [0-9]+ minor: [0-9]"),
    ),
    seen="{gpu} has compute capability {capability}, which CUDA {loaded_cuda} does not know",
    why="CUDA {needed_cuda} is the first toolkit that compiles for this GPU. The cuDNN "
    "and cuBLAS of the CUDA that was loaded have no kernels for it, and fail or hang.",
    fix="Take a TensorFlow release that is built with CUDA {needed_cuda} or newer.",
    yields_to=("cudnn-older-than-built", "gpu-libs-missing", "gpu-hardware-fault"),
    candidates=(
        Candidate(
            cause=Cause.CUDNN_INIT_FAILED,
            check="Does it run with TF_FORCE_GPU_ALLOW_GROWTH=true? Then it was memory taken in "
            "advance.",
        ),
        Candidate(cause=Cause.OOM_GPU, check="Is the GPU's memory full (nvidia-smi)?"),
    ),
    source="https://docs.nvidia.com/cuda/ampere-compatibility-guide/index.html",
    read=_read,
    hits=(
        "2021-01-02 03:04:05.1: I "
        "tensorflow/stream_executor/platform/default/dso_loader.cc:48] Successfully "
        "opened dynamic library libcudart.so.10.1\npciBusID: 0000:0a:00.0 name: GeForce "
        "RTX 3070 computeCapability: 8.6\n2021-01-02 03:14:05.1: E "
        "tensorflow/stream_executor/cuda/cuda_dnn.cc:328] Could not create cudnn handle: "
        "CUDNN_STATUS_INTERNAL_ERROR",
    ),
    misses=(
        "2021-01-02 03:04:05.1: I "
        "tensorflow/stream_executor/platform/default/dso_loader.cc:48] Successfully "
        "opened dynamic library libcudart.so.10.1\npciBusID: 0000:0a:00.0 name: GeForce "
        "RTX 2070 computeCapability: 7.5\n2021-01-02 03:14:05.1: E "
        "tensorflow/stream_executor/cuda/cuda_dnn.cc:328] Could not create cudnn handle: "
        "CUDNN_STATUS_INTERNAL_ERROR",
    ),
)

"""A process that was forked from one with CUDA open tried to use the GPU."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG182",
    name="cuda-used-after-fork",
    cause=Cause.CUDA_RUNTIME_FAULT,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"could not retrieve CUDA device count: (?P<error>CUDA_ERROR_NOT_INITIALIZED)"),
        Pattern(r"Failed setting context: (?P<error>CUDA_ERROR_NOT_INITIALIZED)"),
        Pattern(r"Failed to get device properties, error code: (?P<code>3)\b"),
        Pattern(r"on GPU:[0-9]+ failed\. Status: (?P<error>initialization error)"),
        Pattern(r"(?P<error>CUDA_ERROR_NOT_INITIALIZED): initialization error"),
        Pattern(r"Cannot re-initialize CUDA in forked subprocess"),
    ),
    seen="CUDA is not initialised in this process[: {error}][ (error {code})]",
    why="CUDA does not survive fork(). The parent had opened the GPU (imported a model, listed "
    "devices) before it started this process with multiprocessing, gunicorn or a data loader.",
    fix="Start children with multiprocessing.set_start_method('spawn'), and import and use "
    "TensorFlow only in the child; with gunicorn leave --preload away.",
    yields_to=("driver-library-mismatch", "gpu-driver-missing", "driver-too-old"),
    candidates=(
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING,
            check="Does a fresh process see the GPU (nvidia-smi, python -c 'import tensorflow')?",
        ),
    ),
    source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#initialization",
    hits=(
        "2021-10-10 10:10:10.1: F tensorflow/stream_executor/cuda/cuda_driver.cc:219] "
        "Failed setting context: CUDA_ERROR_NOT_INITIALIZED: initialization error",
        "2023-02-03 04:05:06.1: E tensorflow/core/grappler/clusters/utils.cc:81] Failed "
        "to get device properties, error code: 3",
    ),
    misses=(
        "2023-02-03 04:05:06.1: E cuda_dnn.cc:336] Could not create cudnn handle: "
        "CUDNN_STATUS_NOT_INITIALIZED",
    ),
)

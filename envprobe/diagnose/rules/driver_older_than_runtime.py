"""The installed driver is older than the CUDA runtime that the program uses."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import build_fields
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    driver = log.field("cuda-driver-seen", "driver")
    fields = build_fields(log)
    warned = "Warning" in sighting.line.text  # PyTorch's, after which it computes on the CPU
    return Reading(
        fields={**fields, "driver": driver} if driver else fields,
        kind=Kind.DEGRADED if warned else None,
    )


RULE = Rule(
    code="LOG130",
    name="driver-older-than-runtime",
    cause=Cause.DRIVER_TOO_OLD,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"driver version is insufficient for CUDA runtime version"),
        Pattern(r"cudaErrorInsufficientDriver"),
        Pattern(r"cudaGetDeviceCount returned 35\b"),
        Pattern(r"NVIDIA driver on your system is too old"),
        Pattern(r"CUDA driver version is too old"),
        Pattern(r"CUDA_ERROR_INSUFFICIENT_DRIVER"),
        Pattern(
            r"requires? (?:an? )?(?:NVIDIA |CUDA )?driver version (?:>=|of at least|at "
            r"least|newer than) ?(?P<needed>[0-9.]+)"
        ),
        Pattern(r"Found CUDA driver version .* which is older than"),
    ),
    yields_to=("driver-library-mismatch",),
    seen="The driver[ ({driver})] is too old for the CUDA runtime in use[ (TensorFlow "
    "{tensorflow}: CUDA {cuda})].",
    why="Every CUDA runtime needs a driver of at least its own time. A pip or conda package, or "
    "an image, brought a newer runtime than the kernel driver of this machine serves.",
    fix="Update the NVIDIA driver on the machine itself (in WSL: on Windows) and reboot; "
    "nvidia-smi's 'CUDA Version' must be at least the runtime's. If you may not: take a "
    "TensorFlow built for an older CUDA, in conda an older cudatoolkit (`conda install "
    "cudatoolkit=X`), or an older image; on data-center GPUs the package cuda-compat helps.",
    candidates=(
        Candidate(
            cause=Cause.DRIVER_LIBRARY_MISMATCH,
            check="the driver was updated and the machine not rebooted: nvidia-smi fails as well",
        ),
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING,
            check="there is no driver at all: nvidia-smi does not run (old runtimes say this "
            "then, too)",
        ),
    ),
    read=_read,
    source="https://docs.nvidia.com/deploy/cuda-compatibility/",
    hits=(
        "tensorflow.python.framework.errors_impl.InternalError: cudaGetDevice() failed. Status: "
        "CUDA driver version is insufficient for CUDA runtime version\n",
        "cupy_backends.cuda.api.runtime.CUDARuntimeError: cudaErrorInsufficientDriver: CUDA "
        "driver version is insufficient for CUDA runtime version\n",
    ),
    misses=(
        "I tensorflow/stream_executor/cuda/cuda_dnn.cc:338] Possibly insufficient driver version: "
        "384.130.0\n",
        "W external/local_xla/xla/service/gpu/nvptx_compiler.cc:742] The NVIDIA driver's CUDA "
        "version is 12.2 which is older than the PTX compiler version (12.5.40).\n",
    ),
)

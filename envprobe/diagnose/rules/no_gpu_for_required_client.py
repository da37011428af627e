"""TensorFlow or XLA ends the process because it needs a CUDA device and finds none."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import HIDDEN, NO_LIBRARIES, OTHER_VERSIONS
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    if log.has("gpu-libraries-not-opened"):
        return Reading(cause=Cause.GPU_LIBS_MISSING)  # the driver had found the GPU
    return Reading(cause=Cause.WSL_ISSUE if log.platform == "wsl" else None)


RULE = Rule(
    code="LOG128",
    name="no-gpu-for-required-client",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"instead of handling error.*[nN]o (?:CUDA|GPU) devices found"),
        Pattern(
            r"Unable to initialize backend '(?:cuda|gpu)'.*(?:no CUDA|No visible GPU|cuInit)",
            anchors=("Unable to initialize backend '",),
        ),
        Pattern(r"failed to find any (?:CUDA|GPU) devices"),
        Pattern(
            r"(?:Error|INTERNAL|NOT_FOUND|Not found|FAILED_PRECONDITION): [Nn]o (?:visible "
            r")?(?:GPU|CUDA) devices?(?: found| detected)?\.?$",
            anchors=(": No ", ": no "),
        ),
    ),
    yields_to=(
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "device-ordinal",
        "gpu-libs-missing",
        "cuda-arch-unsupported",
    ),
    seen="The process ends because it needs a CUDA device and there is none.",
    why="A part of the program, most often XLA in a GPU build, asked for a CUDA client and did "
    "not expect a machine without one. The driver is not loaded or the GPU is not handed to "
    "this process.",
    fix="Run the job where nvidia-smi lists a GPU (in a container with --gpus all), or use a "
    "build and settings for the CPU: tensorflow-cpu, and no XLA GPU flags in TF_XLA_FLAGS.",
    candidates=(NO_LIBRARIES, HIDDEN, OTHER_VERSIONS),
    read=_read,
    source="tensorflow/compiler/xla/service/platform_util.cc",
    hits=(
        "2020-02-02 02:02:02.2: F tensorflow/stream_executor/lib/statusor.cc:34] Attempting to "
        "fetch value instead of handling error Not found: no CUDA devices found\n"
        "Aborted (core dumped)\n",
    ),
    misses=(
        "F tensorflow/stream_executor/lib/statusor.cc:34] Attempting to fetch value instead of "
        "handling error Internal: failed initializing StreamExecutor for CUDA device ordinal 0: "
        "Internal: failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY: out of "
        "memory\n",
    ),
)

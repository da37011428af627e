"""TensorFlow leaves all GPUs out because at least one CUDA library could not be opened."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, build_fields, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    return degraded(sighting, log, fields=build_fields(log))


RULE = Rule(
    code="LOG102",
    name="gpu-libraries-not-opened",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"Cannot dlopen some GPU libraries"),
        Pattern(r"Cannot dlopen all CUDA libraries"),
        Pattern(r"Skipping registering GPU devices\.\.\."),
        Pattern(
            r"Unable to load (?:CUDA|cuDNN|cuBLAS|cuSPARSE|cuSOLVER|cuFFT|CUPTI)\. Is it "
            r"installed\?"
        ),
    ),
    yields_to=(
        "gpu-library-not-loaded",
        "gpu-driver-missing",
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "windows-native-gpu-dropped",
    ),
    seen="TensorFlow found a GPU, could not open all of its CUDA libraries, and registers no GPU.",
    why="The driver answered, but one of the libraries of CUDA or cuDNN is not installed in the "
    "version that this build needs, or not in a folder that the loader searches. Newer "
    "releases do not print which one.",
    fix="[TensorFlow {tensorflow} is built for CUDA {cuda} and cuDNN {cudnn}. ]Install the "
    "fitting set with `pip install 'tensorflow[and-cuda]'` (2.14 and newer) in a fresh "
    "environment, or set LD_LIBRARY_PATH to the folders site-packages/nvidia/*/lib. Run once "
    "with TF_CPP_MAX_VLOG_LEVEL=3 to see the name of the library that is missing.",
    candidates=(
        NO_DRIVER,
        Candidate(
            cause=Cause.CUDNN_VERSION_MISMATCH,
            check="only libcudnn is of another major version: see `pip list | grep cudnn`",
        ),
    ),
    read=_read,
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    hits=(
        "2024-08-01 12:00:00.123456: W tensorflow/core/common_runtime/gpu/gpu_device.cc:2343] "
        "Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above "
        "are installed properly if you would like to use GPU.\n"
        "Skipping registering GPU devices...\n"
        "[]\n",
        "W0000 00:00:1750000000.000001 4242 gpu_device.cc:2342] Cannot dlopen some GPU libraries. "
        "Please make sure the missing libraries mentioned above are installed properly\n"
        "Skipping registering GPU devices...\n",
    ),
    misses=(
        "W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Cannot dlopen "
        "some TensorRT libraries. If you would like to use Nvidia GPU with TensorRT, please make "
        "sure the missing libraries mentioned above are installed properly.\n",
    ),
)

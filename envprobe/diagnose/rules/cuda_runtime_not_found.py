"""TensorFlow could not open the CUDA runtime library at its start."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, build_fields, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if "symbol" in sighting.fields:
        return Reading(kind=Kind.FATAL, fields=build_fields(log))
    return degraded(sighting, log, fields=build_fields(log))


RULE = Rule(
    code="LOG103",
    name="cuda-runtime-not-found",
    cause=Cause.GPU_LIBS_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"Could not find cuda drivers on your machine"),
        # The stand-in that answers for a library which could not be opened.
        Pattern(r"(?P<symbol>cu(?:da|blas|dnn|fft|rand|solver|sparse|pti)\w+) symbol not found\."),
    ),
    yields_to=(
        "gpu-library-not-loaded",
        "gpu-driver-missing",
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "windows-native-gpu-dropped",
        "device-ordinal",
    ),
    seen="TensorFlow could not open the CUDA runtime (libcudart)[ and lacks {symbol}][; this is "
    "release {tensorflow}].",
    why="The words speak of drivers, but what was looked for is libcudart, a library of the CUDA "
    "toolkit. With a good driver it means that the CUDA libraries are not installed, are of "
    "another version than this release needs, or are not on the loader's search path.",
    fix="Run nvidia-smi. If it lists the GPU, install the libraries[: TensorFlow {tensorflow} is "
    "built for CUDA {cuda} and cuDNN {cudnn}]; from 2.14 on `pip install "
    "'tensorflow[and-cuda]'` in a fresh environment, before that conda's cudatoolkit and "
    "cudnn with LD_LIBRARY_PATH set to their folder. If nvidia-smi fails, the driver comes "
    "first. Without a GPU the line does no harm.",
    candidates=(
        NO_DRIVER,
        Candidate(
            cause=Cause.BENIGN, check="the machine has no NVIDIA GPU and is to compute on its CPU"
        ),
    ),
    read=_read,
    source="tensorflow/tsl/cuda/cudart_stub.cc",
    hits=(
        "2023-07-01 08:00:00.000001: I tensorflow/tsl/cuda/cudart_stub.cc:28] Could not find cuda "
        "drivers on your machine, GPU will not be used.\n"
        "[]\n",
        "I0000 00:00:1780000000.000001 77 cudart_stub.cc:31] Could not find cuda drivers on your "
        "machine, GPU will not be used.\n",
        "InternalError: cudaSetDevice() on GPU:0 failed. Status: cudaGetErrorString symbol not "
        "found.\n",
    ),
    misses=(
        "W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find "
        "TensorRT\n",
        "rpm -qa | grep cuda: cuda-drivers-550.54.15\n"
        'W: Possible missing cuda drivers package "x"\n',
    ),
)

"""What the rules about a GPU that cannot be reached share."""

from __future__ import annotations

from datetime import datetime, timezone

from packaging.version import Version

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.judging.times import seconds_of
from envprobe.diagnose.pattern import compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading
from envprobe.diagnose.sighting import Sighting
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown
from envprobe.terms import Cause

# Frames of the import of TensorFlow's own libraries, which those of CUDA can break.
OF_THE_IMPORT = r"pywrap_tensorflow|swig_import_helper"
# What an error has in its words when it was the missing GPU that ended the run.
OF_THE_GPU = r"(?i)gpu|cuda|cudnn|cublas|nvidia|nvml|device|driver|accelerator"

NO_DRIVER = Candidate(
    cause=Cause.GPU_DRIVER_MISSING,
    check="nvidia-smi fails, or lists no GPU, where the run runs (inside the container)",
)
NO_LIBRARIES = Candidate(
    cause=Cause.GPU_LIBS_MISSING,
    check="nvidia-smi lists the GPU, and TensorFlow does not: its CUDA libraries are not found",
)
HIDDEN = Candidate(
    cause=Cause.DEVICE_ORDINAL,
    check="CUDA_VISIBLE_DEVICES is set in the shell or in the code, and names no GPU that is there",
)
ON_WSL = Candidate(
    cause=Cause.WSL_ISSUE,
    check="the run is inside WSL, and /usr/lib/wsl/lib/nvidia-smi fails or is missing",
)
ON_WINDOWS = Candidate(
    cause=Cause.WINDOWS_NATIVE_GPU_DROPPED,
    check="the run is on Windows itself (no WSL), with TensorFlow 2.11 or newer",
)
OTHER_VERSIONS = Candidate(
    cause=Cause.DRIVER_LIBRARY_MISMATCH,
    check="/proc/driver/nvidia/version names another version than libcuda.so.1 links to",
)
NOT_THERE = (NO_DRIVER, NO_LIBRARIES, ON_WINDOWS)

# TensorFlow 2.11, the first release without a GPU on native Windows, and the day it came out.
DROPPED_IN = Version("2.11")
DROPPED_ON = datetime(2022, 11, 18, tzinfo=timezone.utc).timestamp()
FIRST_PYTHON = Version("3.7")

# The causes for which TensorFlow sees no GPU: what only says "no GPU" follows from them.
WITHOUT_GPU = (
    "gpu-driver-missing",
    "driver-library-mismatch",
    "driver-too-old",
    "wsl-issue",
    "windows-native-gpu-dropped",
    "gpu-libs-missing",
    "device-ordinal",
)


def degraded(
    sighting: Sighting,
    log: Log,
    cause: Cause | None = None,
    fields: dict[str, str | int | float] | None = None,
    candidates: tuple[Candidate, ...] | None = None,
) -> Reading:
    """The reading of words after which the run goes on without the GPU.

    They mean nothing where the GPU was opened all the same, where something else ended the run, and
    where training went on and nothing says that the machine has a GPU at all.
    """
    opened = log.has("gpu-created", "gpu-listed")
    on_cpu = log.went_on_after(sighting) and not log.has("cuda-driver-seen")
    harmless = opened or on_cpu or ended_otherwise(sighting, log)
    return Reading(
        cause=cause,
        fields=fields or {},
        candidates=candidates,
        kind=Kind.BENIGN if harmless else None,
    )


def ended_otherwise(sighting: Sighting, log: Log) -> bool:
    """Whether an error below, which training did not get over, says nothing about a GPU."""
    below = [one for one in log.all("failure") if one.line.order > sighting.line.order]
    if not below or log.went_on_after(below[-1]):
        return False
    # A traceback that was cut tells by its frames what was being done.
    cut = "Traceback" in below[-1].line.text
    words = f"{below[-1].line.text}\n{below[-1].after[: 4000 if cut else 300]}"
    if cut and compiled(OF_THE_IMPORT).search(words) and "Error: " not in words:
        return False
    return compiled(OF_THE_GPU).search(words) is None


def dropped_on_windows(sighting: Sighting, log: Log) -> bool:
    """Whether the log can be of a release that has no GPU code for native Windows."""
    version, python = log.tensorflow, log.python
    if version is not None:
        return version >= DROPPED_IN
    if python is not None and python < FIRST_PYTHON:
        return False
    when = seconds_of(sighting)
    return when is None or when >= DROPPED_ON


def build_fields(log: Log) -> dict[str, str | int | float]:
    """`tensorflow`, and the `cuda` and `cudnn` that this release was built for, where known."""
    version = log.tensorflow
    if version is None:
        return {}
    release = tensorflow_release(str(version))
    if isinstance(release, Unknown) or not release.cuda or not release.cudnn:
        return {"tensorflow": str(version)}
    return {"tensorflow": str(version), "cuda": release.cuda, "cudnn": release.cudnn}

"""libcuda, the library of the NVIDIA driver, is not found."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, ON_WSL, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if "ImportError" in sighting.line.text:
        return Reading(kind=Kind.FATAL)
    tool = sighting.fields.get("tool")
    # nvidia-smi of Linux over the driver of Windows is WSL's.
    if log.platform == "wsl" or (tool and tool != sighting.fields["driver"]):
        return degraded(sighting, log, Cause.WSL_ISSUE, candidates=(NO_DRIVER,))
    return degraded(sighting, log)


RULE = Rule(
    code="LOG122",
    name="driver-library-not-loaded",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"Could not load dynamic library '(?P<library>libcuda\.so(?:\.1)?|nvcuda\.dll)'"),
        Pattern(r"Couldn't open CUDA library (?P<library>libcuda\.so[.0-9]*)"),
        Pattern(r"(?P<library>libcuda\.so\.1|libnvidia-ml\.so\.1): cannot open shared object"),
        Pattern(r"Could not find '(?P<library>nvcuda\.dll)'"),
        Pattern(r"failed call to cuInit: (?:.*: )?(?:UNKNOWN ERROR |CUresult)\(303\)"),
        Pattern(r"failed call to cuInit: (?:.*: )?CUDA_ERROR_SHARED_OBJECT_INIT_FAILED"),
        Pattern(r"unable to find libcuda\.so DSO"),
        Pattern(
            r"(?:CUDA driver library cannot be found|CUDA_ERROR_NO_DRIVER)",
            anchors=("CUDA driver library", "CUDA_ERROR_NO"),
        ),
        Pattern(r"Found no NVIDIA driver on your system"),
        Pattern(
            r"NVIDIA-SMI (?P<tool>[0-9.]+) +Driver Version: (?P<driver>[0-9.]+) +CUDA Version: "
            r"(?:N/A|ERR!)"
        ),
        Pattern(r"NVML Shared Library Not Found"),
        Pattern(r"NVMLError_LibraryNotFound"),
        Pattern(r"couldn't find libnvidia-ml\.so library in your system"),
    ),
    yields_to=("driver-library-mismatch", "wsl-issue", "container-without-gpu"),
    seen="The library of the NVIDIA driver[ ({library})] cannot be opened.",
    why="It is installed with the driver and never with CUDA or TensorFlow. There is no driver on "
    "this machine, or it is not handed into the container; the CUDA libraries are of no use "
    "without it.",
    fix="On the machine: install the NVIDIA driver and reboot; nvidia-smi must list the GPU. In a "
    "container: install nvidia-container-toolkit on the host and start with --gpus all "
    "(Singularity: --nv); do not install a driver inside the image. In WSL: install the "
    "driver on Windows and put /usr/lib/wsl/lib into LD_LIBRARY_PATH. Without a GPU the line "
    "does no harm.",
    candidates=(
        ON_WSL,
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="nvidia-smi lists the GPU here, and `ldconfig -p | grep libcuda` shows nothing",
        ),
        Candidate(
            cause=Cause.BENIGN, check="the machine has no NVIDIA GPU and is to compute on its CPU"
        ),
    ),
    read=_read,
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_stub.cc",
    hits=(
        "2021-05-05 05:05:05.5: W tensorflow/stream_executor/platform/default/dso_loader.cc:60] "
        "Could not load dynamic library 'libcuda.so.1'; dlerror: libcuda.so.1: cannot open shared "
        "object file: No such file or directory\n"
        "2021-05-05 05:05:05.6: E tensorflow/stream_executor/cuda/cuda_driver.cc:326] failed call "
        "to cuInit: UNKNOWN ERROR (303)\n",
        "ImportError: libcuda.so.1: cannot open shared object file: No such file or directory\n",
        "E0000 00:00:1750000000.100000 1 cuda_platform.cc:51] failed call to cuInit: INTERNAL: "
        "CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)\n",
        "| NVIDIA-SMI 550.54.15    Driver Version: 550.54.15    CUDA Version: N/A      |\n",
    ),
    misses=(
        "I tensorflow/stream_executor/platform/default/dso_loader.cc:49] Successfully opened "
        "dynamic library libcuda.so.1\n",
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:59] Could not load dynamic "
        "library 'libcudart.so.10.1'; dlerror: libcudart.so.10.1: cannot open shared object file\n",
    ),
)

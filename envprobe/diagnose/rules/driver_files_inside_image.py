"""The image already holds files of the driver where the container runtime wants to mount them."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import ON_WSL
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    return Reading(cause=Cause.WSL_ISSUE if log.platform == "wsl" else None)


RULE = Rule(
    code="LOG144",
    name="driver-files-inside-image",
    cause=Cause.DRIVER_LIBRARY_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"mount error: file creation failed: "
            r"(?P<path>\S*(?:libnvidia|libcuda|libnv|nvidia)[^:]*): file exists"
        ),
        Pattern(
            r"file creation failed: (?P<path>\S*lib(?:nvidia|cuda)[^:]*\.so[^:]*): file exists"
        ),
    ),
    seen="The container cannot start: its image already holds {path}.",
    why="The image was built or saved with the driver's libraries inside (a driver package was "
    "installed, or a container that ran with GPUs was committed). The runtime must mount the "
    "host's files there.",
    fix="Delete the driver's files in the image (`RUN rm -f "
    "/usr/lib/x86_64-linux-gnu/libnvidia-*.so* /usr/lib/x86_64-linux-gnu/libcuda.so*`), or "
    "build it anew without nvidia-driver packages.",
    candidates=(ON_WSL,),
    read=_read,
    source="https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html",
    hits=(
        "nvidia-container-cli: mount error: file creation failed: "
        "/data/docker/overlay2/abc/merged/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1: file "
        "exists: unknown.\n",
    ),
    misses=("mkdir: cannot create directory 'out/nvidia': File exists\n",),
)

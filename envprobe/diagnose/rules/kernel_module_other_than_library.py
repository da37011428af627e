"""The loaded kernel module and libcuda are of different driver versions."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if log.platform == "wsl":
        return degraded(sighting, log, Cause.WSL_ISSUE)
    return degraded(sighting, log)


RULE = Rule(
    code="LOG140",
    name="kernel-module-other-than-library",
    cause=Cause.DRIVER_LIBRARY_MISMATCH,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(
            r"kernel version (?P<kernel_module>[0-9][0-9.]*) does not match DSO version "
            r"(?P<library>[0-9][0-9.]*)"
        ),
    ),
    seen="The kernel module is {kernel_module} and libcuda is {library}.",
    why="The two halves of the NVIDIA driver must be of one version. The packages were updated "
    "while the old module stayed loaded, or an image or environment brings a libcuda of its "
    "own (package libnvidia-compute, cuda-compat) that hides the host's.",
    fix="On the machine: reboot, or unload and reload the nvidia modules; if it stays, remove all "
    "NVIDIA packages and install one version. In a container: remove the driver packages and "
    "cuda-compat from the image and let the container toolkit mount the host's "
    "{kernel_module}; check LD_LIBRARY_PATH.",
    candidates=(
        Candidate(
            cause=Cause.DRIVER_TOO_OLD,
            check="the image needs the newer libcuda: update the host's driver instead",
        ),
    ),
    read=_read,
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_diagnostics.cc",
    hits=(
        "2022-09-09 09:09:09.9: E tensorflow/stream_executor/cuda/cuda_diagnostics.cc:313] kernel "
        "version 510.39.1 does not match DSO version 470.103.1 -- cannot find working devices in "
        "this configuration\n",
    ),
    misses=(
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:310] kernel version seems to match "
        "DSO: 510.47.3\n",
        "E tensorflow/stream_executor/cuda/cuda_diagnostics.cc:313] kernel version Permission "
        "denied: could not open driver version path for reading does not match DSO version "
        "510.47.3\n",
    ),
)

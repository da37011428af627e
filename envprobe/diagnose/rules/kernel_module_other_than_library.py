"""The loaded kernel module and libcuda are of different driver versions."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

OF_KERNEL = r"kernel reported version is: ([0-9][0-9.]*)"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields: dict[str, str | int | float] = {}
    if "kernel_module" not in sighting.fields:
        told = compiled(OF_KERNEL).search(sighting.after)
        if told is None or _numbers(told[1]) == _numbers(sighting.fields["library"]):
            return None
        fields = {"kernel_module": told[1].rstrip(".")}
    return degraded(sighting, log, Cause.WSL_ISSUE if log.platform == "wsl" else None, fields)


def _numbers(version: str) -> tuple[int, ...]:
    """`470.57.02`, which TensorFlow writes as `470.57.2`, and `384.90`, which it fills up."""
    numbers = [int(one) for one in version.split(".") if one]
    return tuple((*numbers, 0, 0)[:3])


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
        # Cut off before the line above: the two versions stand for themselves.
        Pattern(r"libcuda reported version is: (?P<library>[0-9][0-9.]*[0-9])", after=(OF_KERNEL,)),
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
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:200] libcuda reported version is: "
        "515.65.1\n"
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:204] kernel reported version is: "
        "510.85.2\n",
    ),
    misses=(
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:310] kernel version seems to match "
        "DSO: 510.47.3\n",
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:200] libcuda reported version is: "
        "510.47.3\n"
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:204] kernel reported version is: "
        "510.47.03\n",
        "E tensorflow/stream_executor/cuda/cuda_diagnostics.cc:313] kernel version Permission "
        "denied: could not open driver version path for reading does not match DSO version "
        "510.47.3\n",
    ),
)

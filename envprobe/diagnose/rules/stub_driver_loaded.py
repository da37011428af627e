"""The stub of libcuda from the CUDA toolkit was loaded in place of the driver's library."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_LIBRARIES, ON_WSL, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    return degraded(sighting, log, Cause.WSL_ISSUE if log.platform == "wsl" else None)


RULE = Rule(
    code="LOG123",
    name="stub-driver-loaded",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"failed call to cuInit: (?:.*: )?(?:UNKNOWN ERROR |CUresult)\((?P<code>-1|34)\)"),
        Pattern(r"failed call to cuInit: (?:.*: )?(?P<code>CUDA_ERROR_STUB_LIBRARY)"),
        Pattern(r"CUDA driver is a stub library"),
        Pattern(r"found DLL info with .*(?P<library>/stubs/libcuda\.so\S*)"),
    ),
    seen="[cuInit answered {code}: ]A stub stands in for the driver's library.",
    why="The CUDA toolkit holds an empty libcuda.so for linking, in .../lib64/stubs. That folder "
    "stands in LD_LIBRARY_PATH (or was copied to a library folder) before the real one of the "
    "driver.",
    fix="Remove every .../stubs folder from LD_LIBRARY_PATH and from /etc/ld.so.conf.d, delete "
    "copies of the stub, run ldconfig, and check that `ldconfig -p | grep libcuda.so.1` shows "
    "the driver's file. Images need the stubs for building only.",
    candidates=(ON_WSL, NO_LIBRARIES),
    read=_read,
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    hits=(
        "2019-12-01 01:02:03.4: E tensorflow/stream_executor/cuda/cuda_driver.cc:318] failed call "
        "to cuInit: UNKNOWN ERROR (-1)\n",
        "E0000 00:00:1750000000.100000 1 cuda_platform.cc:51] failed call to cuInit: INTERNAL: "
        "CUDA error: Failed call to cuInit: CUDA_ERROR_STUB_LIBRARY: CUDA driver is a stub "
        "library\n",
    ),
    misses=(
        "E tensorflow/stream_executor/cuda/cuda_driver.cc:318] failed call to cuInit: UNKNOWN "
        "ERROR (303)\n",
    ),
)

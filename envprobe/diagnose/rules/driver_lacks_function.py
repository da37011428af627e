"""The driver's library lacks a function that the build calls."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._gpu_access import OTHER_VERSIONS
from envprobe.terms import Cause

FUNCTION = (
    r"cu(?:Device|Mem|Ctx|Graph|Launch|Module|Stream|Func|Library|Kernel|Get|Init|Driver|Event|"
    r"TensorMap|Multicast|Occupancy|Pointer|Link|Array|Green|Checkpoint|Coredump|"
    r"Logs)[A-Za-z0-9_]*"
)

RULE = Rule(
    code="LOG133",
    name="driver-lacks-function",
    cause=Cause.DRIVER_TOO_OLD,
    kind=Kind.FATAL,
    patterns=(
        Pattern(rf"undefined symbol: (?P<function>{FUNCTION})", anchors=("undefined symbol: cu",)),
        Pattern(rf"Failed to load CUDA missing symbol (?P<function>{FUNCTION})"),
        Pattern(
            rf"symbol lookup error: .*libcuda.*: (?P<function>{FUNCTION})",
            anchors=("symbol lookup error: ",),
        ),
    ),
    seen="libcuda has no function {function}, which the program calls.",
    why="The driver's library offers the functions of its own CUDA version. The program was built "
    "against a newer one, or an older copy of libcuda.so.1 (a stub, a compat folder) is "
    "loaded in its place.",
    fix="Update the NVIDIA driver and reboot. Check with `ldconfig -p | grep libcuda` and "
    "LD_LIBRARY_PATH that the driver's own libcuda.so.1 comes first. Or use a build for an "
    "older CUDA.",
    candidates=(
        OTHER_VERSIONS,
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING, check="libcuda.so.1 is a link into a .../stubs folder"
        ),
    ),
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_stub.cc",
    hits=(
        "ImportError: /opt/venv/lib/python3.11/site-packages/x/_plugin.so: undefined symbol: "
        "cuGraphAddDependencies_v2\n",
    ),
    misses=(
        "OSError: /usr/lib/x86_64-linux-gnu/libcublas.so.11: undefined symbol: "
        "cublasLtGetStatusString, version libcublasLt.so.11\n",
        "undefined symbol: cudnnGetConvolutionForwardAlgorithm\n",
    ),
)

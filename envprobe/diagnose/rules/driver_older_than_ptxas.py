"""ptxas is newer than the driver: compiling is slower, nothing else."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG149",
    name="driver-older-than-ptxas",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(
            r"driver's CUDA version is (?P<driver_cuda>[0-9.]+) which is older than the "
            r"(?:ptxas|PTX compiler)(?: CUDA)? version \(?(?P<ptxas_cuda>[0-9.]+)"
        ),
        Pattern(r"XLA is disabling parallel compilation"),
    ),
    seen="XLA compiles with one thread[: the driver serves CUDA {driver_cuda}, ptxas is of "
    "{ptxas_cuda}].",
    why="Linking of several compiled parts needs a driver as new as the compiler. XLA goes on "
    "without it.",
    fix="Update the NVIDIA driver for faster compiling, or ignore it.",
    source="xla/service/gpu/nvptx_compiler.cc",
    hits=(
        "W external/local_xla/xla/service/gpu/nvptx_compiler.cc:760] The NVIDIA driver's CUDA "
        "version is 12.2 which is older than the ptxas CUDA version (12.3.107). Because the "
        "driver is older than the ptxas version, XLA is disabling parallel compilation, which may "
        "slow down compilation.\n",
    ),
    misses=("CUDA driver version is insufficient for CUDA runtime version\n",),
)

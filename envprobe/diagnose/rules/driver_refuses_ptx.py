"""The driver refuses PTX that a newer toolkit wrote."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import build_fields
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    return Reading(fields=build_fields(log))


RULE = Rule(
    code="LOG131",
    name="driver-refuses-ptx",
    cause=Cause.DRIVER_TOO_OLD,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"CUDA_ERROR_UNSUPPORTED_PTX_VERSION"),
        Pattern(r"cudaErrorUnsupportedPtxVersion"),
        Pattern(r"PTX was compiled with an unsupported toolchain"),
        Pattern(r"Unsupported \.version (?P<ptx>[0-9.]+); current version is '(?P<known>[0-9.]+)'"),
    ),
    yields_to=("ptxas-libdevice-missing",),
    seen="The driver does not understand the PTX[ version {ptx}] that was given to it[ (it knows "
    "{known})].",
    why="PTX is compiled by the driver, and a driver understands only PTX of its own CUDA version "
    "and older. The TensorFlow build, or the ptxas that XLA found, is of a newer CUDA than "
    "the driver.",
    fix="Update the NVIDIA driver to the one of the toolkit's CUDA version[ (TensorFlow "
    "{tensorflow} is built for CUDA {cuda})]. If you may not: use a build for an older CUDA, "
    "or one that holds binary code for this GPU, or install cuda-compat (data-center GPUs).",
    candidates=(
        Candidate(
            cause=Cause.CUDA_ARCH_UNSUPPORTED,
            check="the build has no binary code for this GPU's compute capability, only PTX",
        ),
        Candidate(
            cause=Cause.PTXAS_LIBDEVICE_MISSING,
            check="`which ptxas` is of another CUDA version than the build",
        ),
    ),
    read=_read,
    source="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
    hits=(
        "2023-04-05 06:07:08.9: W tensorflow/core/framework/op_kernel.cc:1830] OP_REQUIRES failed "
        "at xla_ops.cc:446 : INTERNAL: Failed to load PTX text as a module: "
        "CUDA_ERROR_UNSUPPORTED_PTX_VERSION: the provided PTX was compiled with an unsupported "
        "toolchain.\n",
    ),
    misses=(
        "CUDA_ERROR_INVALID_PTX: a PTX JIT compilation failed\n",
        "CUDA_ERROR_NO_BINARY_FOR_GPU: no kernel image is available for execution on the device\n",
    ),
)

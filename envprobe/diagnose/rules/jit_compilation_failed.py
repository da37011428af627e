"""A kernel that is compiled at run time could not be compiled."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG192",
    name="jit-compilation-failed",
    cause=Cause.PTXAS_LIBDEVICE_MISSING,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(Pattern(r"JIT compilation failed\."),),
    seen="TensorFlow could not compile a kernel[ for {op}] at run time",
    why="Some GPU kernels are compiled when they are first used. That needs libdevice.10.bc and "
    "ptxas of the CUDA toolkit; mostly one of them is not found.",
    fix="Install the CUDA compiler of the release's CUDA version (`pip install "
    "nvidia-cuda-nvcc-cu12` or the toolkit) and point "
    "XLA_FLAGS=--xla_gpu_cuda_data_dir=DIR to the directory that holds "
    "nvvm/libdevice/libdevice.10.bc.",
    yields_to=(
        "libdevice-not-found",
        "ptxas-not-found",
        "cuda-arch-unsupported",
        "driver-too-old",
        "oom-gpu",
        "oom-host",
        "disk-full",
    ),
    candidates=(
        Candidate(
            cause=Cause.CUDA_ARCH_UNSUPPORTED,
            check="Is the GPU newer than the CUDA that this TensorFlow was built with?",
        ),
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="Are the CUDA libraries that are loaded those of the release?",
        ),
    ),
    source="tensorflow/core/kernels/mlir_generated/base_op.h",
    hits=(
        "tensorflow.python.framework.errors_impl.UnknownError: {{function_node "
        "__wrapped__Rsqrt_device_/job:localhost/replica:0/task:0/device:GPU:0}} JIT compilation "
        "failed. [Op:Rsqrt]",
    ),
    misses=("XLA: JIT compilation of the cluster took 3 seconds",),
)

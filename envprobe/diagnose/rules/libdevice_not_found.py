"""XLA cannot find CUDA's libdevice, which it needs to compile mathematical functions."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

WARNED = "Can't find libdevice"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if WARNED not in sighting.line.text:
        return Reading()
    # The search alone is a warning: what needs no mathematical function compiles without.
    if log.went_on_after(sighting):
        return Reading(kind=Kind.BENIGN)
    failed = "JIT compilation failed" in sighting.text or "error:" in sighting.line.text
    return Reading() if failed else Reading(kind=Kind.DEGRADED, confidence=Confidence.LIKELY)


RULE = Rule(
    code="LOG190",
    name="libdevice-not-found",
    cause=Cause.PTXAS_LIBDEVICE_MISSING,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"libdevice not found at (?P<path>[^\s'\"]+)"),
        Pattern(r"libdevice is required by this HLO module but was not found at (?P<path>\S+)"),
        Pattern(r"Can't find libdevice directory \$\{CUDA_DIR\}"),
        Pattern(r"Can't find libdevice at neither"),
        Pattern(r"could not find libdevice"),
        Pattern(r"ptxas fatal *: *Unresolved extern function '(?P<symbol>__nv_\w+)'"),
        Pattern(
            r"[Cc]ould not (?:open|find) (?P<path>\S*libdevice\S*\.bc)", anchors=("libdevice",)
        ),
    ),
    seen="XLA does not find libdevice.10.bc[ at {path}][ ({symbol} is unresolved)]",
    why="XLA, which Keras' optimizers from 2.11 on and jit_compile use, takes exp, log and the "
    "like from CUDA's libdevice.10.bc. It looks in the toolkit's directory, and the toolkit "
    "is not installed, or not where it looks.",
    fix="Tell XLA where the toolkit is: XLA_FLAGS=--xla_gpu_cuda_data_dir=DIR, with DIR the "
    "directory that holds nvvm/libdevice/libdevice.10.bc (find / -name libdevice.10.bc; with "
    "pip it is site-packages/nvidia/cuda_nvcc, with conda $CONDA_PREFIX/lib or /nvvm). Where "
    "there is none: `pip install nvidia-cuda-nvcc-cu12` (cu11 for TensorFlow up to 2.14), or "
    "`conda install -c nvidia cuda-nvcc`. To go without XLA: "
    "model.compile(jit_compile=False), or a tf.keras.optimizers.legacy optimizer.",
    source="tensorflow/compiler/xla/service/gpu/llvm_gpu_backend/gpu_backend_lib.cc",
    read=_read,
    hits=(
        "2023-07-08 09:10:11.1: W tensorflow/core/framework/op_kernel.cc:1828] OP_REQUIRES failed "
        "at xla_ops.cc:503 : INTERNAL: libdevice not found at ./libdevice.10.bc\n"
        "tensorflow.python.framework.errors_impl.InternalError: Graph execution error:\n"
        "libdevice not found at ./libdevice.10.bc\n"
        "\t [[{{node StatefulPartitionedCall_3}}]]",
        "2024-03-04 05:06:07.1: W "
        "external/local_xla/xla/service/gpu/llvm_gpu_backend/gpu_backend_lib.cc:542] Can't find "
        "libdevice directory ${CUDA_DIR}/nvvm/libdevice. This may result in compilation or "
        "runtime failures, if the program we try to run uses routines from libdevice.\n"
        "Searched for CUDA in the following directories:\n"
        "  ./cuda_sdk_lib",
        "error: Can't find libdevice directory ${CUDA_DIR}/nvvm/libdevice\n"
        "2022-10-11 12:13:14.1: W tensorflow/core/framework/op_kernel.cc:1768] UNKNOWN: JIT "
        "compilation failed.",
    ),
    misses=("I0000 00:00:1 llvm_gpu_backend.cc:1] Linking with libdevice from: /usr/local/cuda",),
)

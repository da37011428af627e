"""A kernel of cuBLAS could not be run on the GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._cudnn import GPU_FULL, SOURCES
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

FAULT = Candidate(
    cause=Cause.CUDA_RUNTIME_FAULT,
    check="Did it work on this GPU with this TensorFlow before, or does the kernel log (dmesg) "
    "show an Xid line at that time?",
)


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    if sighting.fields["status"].endswith("ARCH_MISMATCH"):
        return Reading(kind=Kind.FATAL, confidence=Confidence.CERTAIN)
    return Reading()


RULE = Rule(
    code="LOG176",
    name="cublas-execution-failed",
    cause=Cause.CUDA_ARCH_UNSUPPORTED,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"(?P<status>CUBLAS_STATUS_EXECUTION_FAILED)"),
        Pattern(r"(?P<status>CUBLAS_STATUS_ARCH_MISMATCH)"),
    ),
    seen="cuBLAS could not run its kernel: {status}[ ({node})]",
    why="Where every matrix product fails, the GPU is mostly newer than the CUDA toolkit of this "
    "TensorFlow, whose cuBLAS has no kernels for it (an RTX 30 or 40 with CUDA 10). After steps "
    "that worked, an earlier kernel has broken the GPU's state instead.",
    fix="Compare the GPU with the CUDA of this TensorFlow "
    "(`tf.sysconfig.get_build_info()['cuda_version']`): Turing needs 10.0, Ampere 11.0, Ada and "
    "Hopper 11.8, Blackwell 12.8; take a release built with that, for code of TensorFlow 1 "
    "nvidia-tensorflow. Otherwise set TF_FORCE_GPU_ALLOW_GROWTH=true, and look into dmesg for Xid.",
    yields_to=tuple(one for one in SOURCES if not one.startswith("cudnn")),
    candidates=(FAULT, GPU_FULL),
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_blas.cc",
    read=_read,
    hits=(
        "2021-02-03 04:05:06.1: E tensorflow/stream_executor/cuda/cuda_blas.cc:428] failed to run "
        "cuBLAS routine: CUBLAS_STATUS_EXECUTION_FAILED\ntensorflow.python.framework.errors_impl."
        "InternalError:  Blas GEMM launch failed : a.shape=(16, 8), b.shape=(8, 4), m=16, n=4, k=8 "
        "[Op:MatMul]",
        "E tensorflow/stream_executor/cuda/cuda_blas.cc:226] failed to run cuBLAS routine: "
        "CUBLAS_STATUS_ARCH_MISMATCH",
    ),
    misses=(
        "E tensorflow/stream_executor/cuda/cuda_blas.cc:238] failed to create cublas handle: "
        "CUBLAS_STATUS_NOT_INITIALIZED",
    ),
)

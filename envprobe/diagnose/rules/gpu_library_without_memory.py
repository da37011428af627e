"""cuBLAS, cuFFT, cuSOLVER or another library of CUDA could not start or work for want of memory."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.diagnose.rules._memory import END_OTHERS, GROWTH, OTHER_PROCESS
from envprobe.terms import Cause

STATUS = r"(?P<status>CUBLAS_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED|INTERNAL_ERROR))"


RULE = Rule(
    code="LOG206",
    name="gpu-library-without-memory",
    cause=Cause.OOM_GPU,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(rf"failed to create cublas handle: (?:{STATUS}|cublas error)"),
        Pattern(r"Failure to initialize cublas may be due to OOM"),
        Pattern(r"\b(?P<status>CUBLAS_STATUS_ALLOC_FAILED)\b"),
        Pattern(r"\b(?P<status>CUSOLVER_STATUS_ALLOC_FAILED)\b"),
        Pattern(r"\b(?P<status>CUSPARSE_STATUS_ALLOC_FAILED)\b"),
        Pattern(r"\b(?P<status>CURAND_STATUS_ALLOCATION_FAILED)\b"),
        Pattern(r"\b(?P<status>CUFFT_ALLOC_FAILED)\b"),
        Pattern(
            r"[Ff]ailed to (?:allocate work area|create cuFFT batched plan with scratch allocator)",
            anchors=("ailed to allocate work area", "ailed to create cuFFT batched plan"),
        ),
        Pattern(r"[Ff]ailed to (?:create|make) cuFFT (?:batched )?plan", anchors=("cuFFT ",)),
        Pattern(r"Failed to create cuSolverDN instance"),
        Pattern(r"cusolverDnCreate\(&cusolver_dn_handle\) (?:==|failed)"),
        Pattern(
            r"[Aa]ttempting to perform BLAS operation using StreamExecutor without BLAS support"
        ),
        Pattern(r"Blas (?:x?[SDCZH]?GEMM|GEMV|SGEMM|DGEMM|xGEMM|xGEMV)\w* launch failed ?:"),
        Pattern(r"cuda(?:Blas|blas).*failed to run cuBLAS routine"),
    ),
    seen="A CUDA library (cuBLAS, cuFFT, cuSOLVER) could not be used[: {status}][ in {op}][, the "
    "node {node}].",
    why="These libraries take GPU memory of their own when they start. TensorFlow takes nearly all "
    "of it in advance, and a second process on the same GPU takes the rest, so that nothing is "
    "left for them.",
    fix=GROWTH + " " + END_OTHERS + " On a GPU newer than the CUDA libraries, a newer TensorFlow.",
    yields_to=(
        "gpu-tensor-did-not-fit",
        "gpu-allocator-ran-out",
        "gpu-copy-did-not-fit",
        "gpu-xla-buffer-did-not-fit",
        "gpu-driver-refused-memory",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
        "oom-host",
        "gpu-libs-missing",
        "cuda-arch-unsupported",
        "cuda-runtime-fault",
        "gpu-hardware-fault",
        "cudnn-version-mismatch",
        "driver-too-old",
        "driver-library-mismatch",
    ),
    candidates=(
        OTHER_PROCESS,
        Candidate(
            cause=Cause.CUDA_ARCH_UNSUPPORTED,
            check="Is the GPU newer than the CUDA release of this TensorFlow (Ampere needs 11.0, "
            "Hopper and Ada 11.8, Blackwell 12.8)?",
        ),
        Candidate(
            cause=Cause.GPU_LIBS_MISSING,
            check="Are libcublas and libcublasLt of the same CUDA release, and is no other one "
            "found first on LD_LIBRARY_PATH?",
        ),
    ),
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_blas.cc",
    hits=(
        "2020-06-07 08:09:10.1: E tensorflow/stream_executor/cuda/cuda_blas.cc:238] failed to "
        "create cublas handle: CUBLAS_STATUS_ALLOC_FAILED\n2020-06-07 08:09:10.2: W tensorflow/"
        "stream_executor/stream.cc:2041] attempting to perform BLAS operation using StreamExecutor "
        "without BLAS support\ntensorflow.python.framework.errors_impl.InternalError:  Blas GEMM "
        "launch failed : a.shape=(64, 100), b.shape=(100, 30), m=64, n=30, k=100 [Op:MatMul]",
        "E external/local_xla/xla/stream_executor/cuda/cuda_blas.cc:202] Failure to initialize "
        "cublas may be due to OOM (cublas needs some free memory when you initialize it, and your "
        "deep-learning framework may have preallocated more than its fair share), or may be "
        "because this binary was not built with support for the GPU in your machine.",
    ),
    misses=(
        "E0000 00:00:1736469597.971752   14431 cuda_blas.cc:1418] Unable to register cuBLAS "
        "factory: Attempting to register factory for plugin cuBLAS when one has already been "
        "registered",
        "I tensorflow/stream_executor/cuda/cuda_blas.cc:1614] TensorFloat-32 will be used for the "
        "matrix multiplication. This will only be logged once.",
    ),
)

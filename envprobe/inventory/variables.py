"""Environment variables that change what TensorFlow and the libraries below it do."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from envprobe.inventory.onednn import SWITCH

PREFIXES = (
    "TF_",
    "TF2_",
    "XLA_",
    "CUDA_",
    "CUBLAS_",
    "CUDNN_",
    "CUFFT_",
    "NCCL_",
    "NVIDIA_",
    "NVTE_",
    "ONEDNN_",
    "DNNL_",
    "MKL_",
    "OMP_",
    "KMP_",
    "GOMP_",
    "OPENBLAS_",
    "KERAS_",
    "TPU_",
    "ROCR_",
    "HIP_",
    "HSA_",
    "MIOPEN_",
    "TFHUB_",
    "TENSORFLOW_",
)
# Terraform's variables share the prefix; its tokens must never get into a file.
NOT_TENSORFLOW = ("TF_VAR_", "TF_TOKEN_", "TF_CLI_", "TF_PLUGIN_", "TF_REGISTRY_", "TF_CLOUD_")
SECRETS = ("TOKEN", "SECRET", "PASSWORD", "API_KEY", "CREDENTIAL")

# name -> (what it does, whether it decides which kernels run). Sources: tensorflow/core (port.cc,
# util/env_var users), CUDA Programming Guide, cuDNN and oneDNN developer guides, keras.io.
KNOWN: dict[str, tuple[str, bool]] = {
    SWITCH: ("turns oneDNN's CPU kernels on (1) or off (0)", True),
    "ONEDNN_MAX_CPU_ISA": ("limits the instruction sets that oneDNN uses", True),
    "ONEDNN_DEFAULT_FPMATH_MODE": ("lets oneDNN compute float32 in a narrower type", True),
    "TF_XLA_FLAGS": ("XLA's switches inside TensorFlow (auto-clustering, CPU jit)", True),
    "XLA_FLAGS": ("the XLA compiler's switches", True),
    "TF_USE_LEGACY_KERAS": ("1 makes tf.keras the package tf_keras (Keras 2)", True),
    "KERAS_BACKEND": ("the framework Keras 3 runs on", True),
    "TF_CUDNN_DETERMINISTIC": ("only deterministic cuDNN algorithms", True),
    "TF_DETERMINISTIC_OPS": ("only deterministic kernels; those without one fail", True),
    "TF_CUDNN_USE_AUTOTUNE": ("0 keeps cuDNN's default algorithm instead of trying them", True),
    "TF_CUDNN_USE_FRONTEND": ("chooses the cuDNN front-end interface", True),
    "TF_CUDNN_USE_RUNTIME_FUSION": ("lets cuDNN generate fused kernels", True),
    "TF_CUDNN_WORKSPACE_LIMIT_IN_MB": ("bounds cuDNN's scratch memory, so its algorithms", True),
    "TF_CUBLAS_WORKSPACE_CONFIG": ("bounds cuBLAS's scratch memory", True),
    "CUBLAS_WORKSPACE_CONFIG": ("bounds cuBLAS's scratch memory; needed for determinism", True),
    "NVIDIA_TF32_OVERRIDE": ("0 turns TensorFloat-32 off in NVIDIA's libraries", True),
    "TF_ENABLE_CUBLAS_TENSOR_OP_MATH_FP32": ("tensor cores for float32 matrices", True),
    "TF_ENABLE_CUDNN_TENSOR_OP_MATH_FP32": ("tensor cores for float32 convolutions", True),
    "TF_DISABLE_CUDNN_TENSOR_OP_MATH": ("no tensor cores in convolutions", True),
    "TF_ENABLE_AUTO_MIXED_PRECISION": ("rewrites graphs to float16", True),
    "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_LEVEL": ("how boldly graphs become float16", True),
    "TF_ENABLE_WINOGRAD_NONFUSED": ("0 forbids non-fused Winograd convolutions", True),
    "TF_DISABLE_MKL": ("turns oneDNN off in builds made with it", True),
    "TF_TRT_ALLOW_ENGINE_NATIVE_SEGMENT_EXECUTION": ("TF-TRT may fall back", True),
    "CUDA_VISIBLE_DEVICES": ("which GPUs CUDA shows, and in which order", True),
    "CUDA_DEVICE_ORDER": ("PCI_BUS_ID counts GPUs as nvidia-smi does", True),
    "CUDA_FORCE_PTX_JIT": ("1 ignores compiled kernels and compiles all from PTX", True),
    "CUDA_DISABLE_PTX_JIT": ("1 forbids compiling from PTX", True),
    "CUDA_MODULE_LOADING": ("LAZY or EAGER loading of kernels", False),
    "CUDA_CACHE_DISABLE": ("1 compiles PTX anew at every start", False),
    "CUDA_CACHE_PATH": ("where kernels compiled from PTX are kept", False),
    "CUDA_CACHE_MAXSIZE": ("how much of them is kept", False),
    "CUDA_LAUNCH_BLOCKING": ("1 makes every kernel launch wait: slow, for debugging", False),
    "CUDA_HOME": ("where programs look for the CUDA toolkit", False),
    "CUDA_PATH": ("where programs look for the CUDA toolkit", False),
    "CUDA_MPS_PIPE_DIRECTORY": ("the multi-process service that shares the GPU", False),
    "NVIDIA_VISIBLE_DEVICES": ("which GPUs the container was given", False),
    "NVIDIA_DRIVER_CAPABILITIES": ("which driver libraries the container was given", False),
    "TF_FORCE_GPU_ALLOW_GROWTH": ("true takes GPU memory as it is needed", False),
    "TF_GPU_ALLOCATOR": ("cuda_malloc_async replaces TensorFlow's GPU allocator", False),
    "TF_GPU_THREAD_MODE": ("gpu_private gives each GPU its own launching threads", False),
    "TF_GPU_THREAD_COUNT": ("how many of those", False),
    "TF_PER_DEVICE_MEMORY_LIMIT_MB": ("bounds TensorFlow's GPU memory", False),
    "TF_NUM_INTRAOP_THREADS": ("threads inside one kernel", False),
    "TF_NUM_INTEROP_THREADS": ("kernels at once", False),
    "TF_CPP_MIN_LOG_LEVEL": ("3 hides even TensorFlow's errors", False),
    "TF_CPP_VMODULE": ("verbose logging of single files", False),
    "TF_CPP_MAX_VLOG_LEVEL": ("verbose logging", False),
    "TF_CONFIG": ("the cluster this process belongs to", False),
    "TF_DUMP_GRAPH_PREFIX": ("where graphs are dumped", False),
    "OMP_NUM_THREADS": ("threads of OpenMP (oneDNN, BLAS)", False),
    "KMP_AFFINITY": ("pins Intel OpenMP's threads to cores", False),
    "KMP_BLOCKTIME": ("how long OpenMP threads spin before they sleep", False),
    "MKL_NUM_THREADS": ("threads of MKL (numpy)", False),
    "OPENBLAS_NUM_THREADS": ("threads of OpenBLAS (numpy)", False),
    "LD_LIBRARY_PATH": ("folders searched for libraries before all others", True),
    "LD_PRELOAD": ("libraries put before all others (allocators, tracers)", True),
    "PYTHONPATH": ("folders searched for modules before the installed ones", True),
    "PYTHONNOUSERSITE": ("keeps packages of ~/.local out", False),
    "MALLOC_ARENA_MAX": ("bounds glibc's memory arenas", False),
    "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": ("python makes protobuf slow", False),
}


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that is set. `decides_support` marks those that change which kernels run.

    `effect` is None, with the reason, for names that only look like TensorFlow's.
    """

    name: str
    value: str
    effect: str | None = None
    decides_support: bool = False
    unknown: dict[str, str] = {}


def parse_variables(environ: Mapping[str, str]) -> tuple[Variable, ...]:
    """Every variable that is known or carries a known prefix, sorted by name."""
    return tuple(_variable(name, environ[name]) for name in sorted(environ) if _matters(name))


def _matters(name: str) -> bool:
    if name in KNOWN:
        return True
    secret = name.startswith(NOT_TENSORFLOW) or any(word in name.upper() for word in SECRETS)
    return name.startswith(PREFIXES) and not secret


def _variable(name: str, value: str) -> Variable:
    effect, decides = KNOWN.get(name, (None, False))
    unknown = {} if effect else {"effect": "not among the variables that are known by name"}
    return Variable(name=name, value=value, effect=effect, decides_support=decides, unknown=unknown)

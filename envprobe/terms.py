"""The nouns of envprobe, as enums and frozen structs; every other room speaks in them."""

from __future__ import annotations

from enum import Enum
from typing import Literal, get_args

import msgspec

Direction = Literal["forward", "gradient"]
Mode = Literal["eager", "graph", "xla"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
MODES: tuple[Mode, ...] = get_args(Mode)

FLOAT_DTYPES = ("float16", "bfloat16", "float32", "float64")
DTYPES = (
    *FLOAT_DTYPES,
    "float8_e4m3fn",
    "float8_e5m2",
    "int4",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint4",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
    "complex64",
    "complex128",
    "string",
)


class Status(str, Enum):
    """What became of one cell. Only `supported` is good news; `untested` is no news."""

    SUPPORTED = "supported"
    NO_KERNEL = "no_kernel"  # TensorFlow has no kernel for this op, device and dtype
    INVALID_DTYPE = "invalid_dtype"  # the op's own definition does not allow this dtype
    UNIMPLEMENTED = "unimplemented"  # a kernel exists and says that it cannot do this
    WRONG_RESULT = "wrong_result"  # it ran; the numbers are not those of the reference
    FELL_BACK = "fell_back"  # it ran, on another device than the one asked for
    OUT_OF_MEMORY = "out_of_memory"
    FAILED = "failed"  # it raised something else
    CRASHED = "crashed"  # it took the worker process down
    TIMED_OUT = "timed_out"
    UNTESTED = "untested"


class Verdict(str, Enum):
    """Whether a model runs on a target; `unknown` is never shown as good news."""

    SUPPORTED = "supported"
    PARTIAL = "partial"  # it runs, with ops on the CPU or with another stated loss
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"


class Evidence(str, Enum):
    """What an answer about one requirement rests on."""

    MEASURED = "measured"  # a cell ran it
    REGISTERED = "registered"  # only TensorFlow's kernel registry says so
    NONE = "none"


class Cause(str, Enum):
    """Why a model fails: the root cause, not the symptom."""

    BENIGN = "benign"
    OOM_GPU = "oom-gpu"
    OOM_GPU_FRAGMENTATION = "oom-gpu-fragmentation"
    OOM_GPU_OTHER_PROCESS = "oom-gpu-other-process"
    OOM_HOST = "oom-host"
    DISK_FULL = "disk-full"
    GPU_LIBS_MISSING = "gpu-libs-missing"
    GPU_DRIVER_MISSING = "gpu-driver-missing"
    DRIVER_TOO_OLD = "driver-too-old"
    DRIVER_LIBRARY_MISMATCH = "driver-library-mismatch"
    CUDNN_VERSION_MISMATCH = "cudnn-version-mismatch"
    CUDNN_INIT_FAILED = "cudnn-init-failed"
    CUDA_ARCH_UNSUPPORTED = "cuda-arch-unsupported"
    CUDA_RUNTIME_FAULT = "cuda-runtime-fault"
    GPU_HARDWARE_FAULT = "gpu-hardware-fault"
    PTXAS_LIBDEVICE_MISSING = "ptxas-libdevice-missing"
    XLA_UNSUPPORTED_OP = "xla-unsupported-op"
    NO_KERNEL_FOR_DEVICE_DTYPE = "no-kernel-for-device-dtype"
    UNSUPPORTED_PRECISION = "unsupported-precision"
    UNIMPLEMENTED_CPU_FORMAT = "unimplemented-cpu-format"
    UNIMPLEMENTED_ON_DEVICE = "unimplemented-on-device"
    INVALID_DEVICE_PLACEMENT = "invalid-device-placement"
    DEVICE_ORDINAL = "device-ordinal"
    CPU_INSTRUCTION_MISSING = "cpu-instruction-missing"
    WINDOWS_NATIVE_GPU_DROPPED = "windows-native-gpu-dropped"
    WINDOWS_VC_RUNTIME_MISSING = "windows-vc-runtime-missing"
    WSL_ISSUE = "wsl-issue"
    MACOS_METAL = "macos-metal"
    TF_NOT_INSTALLED = "tf-not-installed"
    KERAS_TF_VERSION_MISMATCH = "keras-tf-version-mismatch"
    PROTOBUF_ABI_MISMATCH = "protobuf-abi-mismatch"
    NUMPY_ABI_MISMATCH = "numpy-abi-mismatch"
    ABI_MISMATCH = "abi-mismatch"
    CUSTOM_OP_NOT_REGISTERED = "custom-op-not-registered"
    CUSTOM_OP_NOT_SYMBOLIC = "custom-op-not-symbolic"
    VARIABLE_CREATION = "variable-creation-in-tf-function"
    NO_GRADIENT = "no-gradient"
    SHAPE_MISMATCH = "shape-mismatch"
    DTYPE_MISMATCH = "dtype-mismatch"
    LABEL_LOSS_MISMATCH = "label-loss-mismatch"
    EMBEDDING_INDEX_OUT_OF_RANGE = "embedding-index-out-of-range"
    INVALID_ARGUMENT_AT_RUNTIME = "invalid-argument-at-runtime"
    CHECKPOINT_MISMATCH = "checkpoint-mismatch"
    NAN_INF = "nan-inf"
    DATA_PIPELINE = "data-pipeline"
    NCCL_COLLECTIVE_FAILURE = "nccl-collective-failure"
    HANG_TIMEOUT = "hang-timeout"
    STOPPED_FROM_OUTSIDE = "stopped-from-outside"  # by a user, a scheduler or a time limit
    UNSAFE_MODEL_FILE = "unsafe-model-file"
    UNREADABLE_MODEL = "unreadable-model"
    GRAPH_EXECUTION_GENERIC = "graph-execution-generic"
    UNKNOWN = "unknown"  # nothing that is known was seen; never a guess


class Severity(str, Enum):
    """How much a finding matters; `error` alone turns the exit code to 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found to be wrong or worth knowing.

    `code` never changes its meaning (`DOC103`), `name` states the fault
    (`nvml-driver-mismatch`), `seen` is the evidence, `why` says why it matters and `fix` what
    to do, None where nothing can be done. `command` is the fix as shell commands, None where it
    takes more than a shell; `source` is where the fact behind it is published.
    """

    code: str
    name: str
    severity: Severity
    seen: str
    why: str
    fix: str | None = None
    command: str | None = None
    source: str | None = None

"""An op is not written for these settings together, on any device."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG322",
    name="settings-not-implemented",
    cause=Cause.UNIMPLEMENTED_ON_DEVICE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"(?P<what>Current implementation (?:only supports|does not yet support)[^{\n]{3,150})"
        ),
        Pattern(r"(?P<what>\w[\w ]{2,60} (?:currently )?only supports equal[\w ]* strides[\w ]*)"),
        Pattern(
            r"(?P<what>`?strides > 1`? not supported in conjunction with `?dilation_rate > 1`?)"
        ),
        Pattern(
            r"UnimplementedError: (?:\{\{function_node [^}]*\}\} )?(?P<what>[A-Z`][^{\n]{8,200})",
            anchors=("UnimplementedError: ",),
        ),
    ),
    yields_to=(
        "unimplemented-cpu-format",
        "unsupported-precision",
        "no-kernel-for-device-dtype",
        "xla-unsupported-op",
        "dtype-mismatch",
        "label-loss-mismatch",
        "shape-mismatch",
        "cudnn-init-failed",
        "cudnn-version-mismatch",
        "cuda-arch-unsupported",
        "oom-gpu",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
        "oom-host",
        "data-pipeline",
        "gpu-libs-missing",
        "gpu-driver-missing",
        "driver-too-old",
        "macos-metal",
        "ptxas-libdevice-missing",
        "nccl-collective-failure",
        "checkpoint-mismatch",
        "custom-op-not-registered",
        "cuda-runtime-fault",
        "numpy-abi-mismatch",
        "keras-tf-version-mismatch",
        "gpu-hardware-fault",
        "driver-library-mismatch",
    ),
    seen="{what}.",
    why="Each of the settings exists, but nobody has written them together.",
    fix="Change the setting that the message names, or build it from other layers.",
    candidates=(
        Candidate(
            cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
            check="Run the same step on the CPU: if it works there, the GPU lacks the kernel.",
        ),
        Candidate(
            cause=Cause.DTYPE_MISMATCH,
            check="Look at the dtypes of the data: text and objects end in such messages.",
        ),
    ),
    source="tensorflow/core/kernels",
    hits=(
        "InvalidArgumentError: Current implementation only supports equal length strides in the "
        "row "
        "and column dimensions. [Op:DepthwiseConv2dNative]\n",
    ),
    misses=("E raise UnimplementedError: {message}\n",),
)

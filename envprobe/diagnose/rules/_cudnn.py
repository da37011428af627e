"""What several cuDNN rules share: whose consequences they are, and what else can be meant."""

from __future__ import annotations

from envprobe.diagnose.rule import Candidate
from envprobe.terms import Cause

# What keeps cuDNN from working, and names itself elsewhere in the log.
SOURCES = (
    "cudnn-older-than-built",
    "cudnn-libraries-mixed",
    "oom-gpu",
    "oom-gpu-fragmentation",
    "oom-gpu-other-process",
    "oom-host",
    "gpu-libs-missing",
    "gpu-driver-missing",
    "driver-too-old",
    "driver-library-mismatch",
    "gpu-kernel-image-invalid",
    "gpu-newer-than-build",
    "gpu-newer-than-cuda",
    "ptx-rejected",
    "gpu-hardware-fault",
    "cuda-runtime-fault",
    "wsl-issue",
)
MEMORY_TAKEN = Candidate(
    cause=Cause.CUDNN_INIT_FAILED,
    check="Set TF_FORCE_GPU_ALLOW_GROWTH=true: where it runs then, memory taken in advance was it.",
)
OTHER_VERSION = Candidate(
    cause=Cause.CUDNN_VERSION_MISMATCH,
    check="Look for `Loaded runtime CuDNN library` above, and for a second libcudnn on "
    "LD_LIBRARY_PATH or PATH.",
)
GPU_FULL = Candidate(
    cause=Cause.OOM_GPU,
    check="nvidia-smi while it runs: is the memory full? Does a batch of 1 work?",
)
GROWTH = (
    "Let TensorFlow take memory as it needs it: TF_FORCE_GPU_ALLOW_GROWTH=true, or "
    "tf.config.experimental.set_memory_growth(gpu, True) before the first op."
)

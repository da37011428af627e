"""Waiting for the GPU failed, and the message does not say why."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG181",
    name="gpu-sync-failed",
    cause=Cause.CUDA_RUNTIME_FAULT,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"GPU sync failed"),
        Pattern(r"Unexpected Event status: (?P<status>-?[0-9]+)"),
        Pattern(r"Error polling for event status"),
        Pattern(
            r"[Cc]ould not synchronize (?:CUDA|cuda) stream", anchors=("ould not synchronize",)
        ),
        Pattern(r"failed to synchronize the stop event: (?P<error>CUDA_ERROR_\w+)"),
        Pattern(r"Failed to synchronize GPU for autotuning"),
        Pattern(r"CUDA error encountered at: (?P<where>\S+)"),
        Pattern(
            r"(?:failed to (?:enqueue|launch|record|query|memcpy|memset|load|get)|[Cc]ould "
            r"not wait) (?P<during>[A-Za-z ]{3,50}).{0,40}: "
            r"(?P<error>CUDA_ERROR_(?:UNKNOWN|INVALID_VALUE|INVALID_CONTEXT|INVALID_HANDLE|NOT"
            r"_READY|DEINITIALIZED|NOT_PERMITTED|MAP_FAILED|OPERATING_SYSTEM))",
            anchors=("CUDA_ERROR_",),
        ),
        Pattern(
            r"(?:status|Status): (?:INTERNAL|Internal): (?P<error>invalid configuration argument)"
        ),
    ),
    seen="the GPU stopped answering TensorFlow[: {error}][ ({code_file}:{code_line})]",
    why="A kernel that was launched earlier failed, or the driver took the GPU away. The "
    "log does not hold the first error: it stands above this excerpt, or only in the "
    "kernel log.",
    fix="Look for the first CUDA_ERROR above this line, and for `Xid` in the kernel log "
    "(dmesg). Run with CUDA_LAUNCH_BLOCKING=1, and once with a smaller batch: a full "
    "GPU ends like this too. On Windows a long kernel on the display's GPU is stopped "
    "after two seconds.",
    yields_to=(
        "cuda-runtime-fault",
        "gpu-hardware-fault",
        "cuda-arch-unsupported",
        "oom-gpu",
        "oom-gpu-other-process",
        "driver-too-old",
        "gpu-driver-missing",
        "wsl-issue",
        "macos-metal",
        "oom-host",
    ),
    candidates=(
        Candidate(
            cause=Cause.OOM_GPU, check="Does it run with a batch of 1, or with memory growth?"
        ),
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT,
            check="Does dmesg show Xid 48, 62, 63, 64, 74, 79 or 94 at that time?",
        ),
    ),
    source="tensorflow/core/common_runtime/gpu/gpu_util.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InternalError: GPU sync failed\nDuring "
        "handling of the above exception, another exception occurred:",
        "2022-06-07 08:09:10.1: F tensorflow/core/common_runtime/device/device_event_mgr.cc:221] "
        "Unexpected Event status: 1",
    ),
    misses=("E cuda_driver.cc:328] failed call to cuInit: CUDA_ERROR_UNKNOWN: unknown error",),
)

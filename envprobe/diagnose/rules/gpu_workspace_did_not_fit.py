"""A kernel found no GPU memory for its temporary results."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.diagnose.rules._memory import GROWTH, IN_PIECES, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.terms import Cause

RULE = Rule(
    code="LOG207",
    name="gpu-workspace-did-not-fit",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"EigenAllocator for GPU ran out of memory when allocating (?P<asked_bytes>[0-9]+)"
        ),
        Pattern(r"Ran out of GPU memory when allocating (?P<asked_bytes>[0-9]+) bytes"),
        Pattern(r"CUDNN failed to allocate the scratch space for the runner"),
        Pattern(r"Failed to allocate scratch memory for the CuDNN CTC Loss"),
        Pattern(
            r"[Cc]ould not allocate temporary memory of [0-9]",
            anchors=("ould not allocate temporary memory of",),
        ),
        Pattern(
            r"Failed to allocate (?:the )?requested memory (?:size|of) \((?P<asked_bytes>[0-9]+)\)"
        ),
        Pattern(r"Failed to allocate memory for (?:the batch of component|convolution redzone)"),
        Pattern(
            r"\((?:allocator|scratch_allocator)[^)]*\).{0,40}[Ff]ailed to allocate.{0,40}workspace",
            anchors=("workspace",),
        ),
    ),
    seen="A kernel[ of {op}][ in the node {node}] found no GPU memory for its temporary results"
    "[: {asked_bytes} bytes were asked for].",
    why="Beside its inputs and outputs a kernel needs room to work in. The GPU's memory was full "
    "at that moment.",
    fix=LESS_AT_ONCE + " " + GROWTH + " For convolutions, TF_CUDNN_WORKSPACE_LIMIT_IN_MB=512 lets "
    "cuDNN choose algorithms that need less.",
    yields_to=(
        "gpu-tensor-did-not-fit",
        "gpu-allocator-ran-out",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
    ),
    candidates=(OTHER_PROCESS, IN_PIECES),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    hits=(
        "2017-08-09 10:11:12.1: F tensorflow/core/common_runtime/gpu/gpu_device.cc:121] "
        "EigenAllocator for GPU ran out of memory when allocating 65792. See error logs for more "
        "detailed info.\nAborted (core dumped)",
        "tensorflow.python.framework.errors_impl.InternalError: CUDNN failed to allocate the "
        "scratch space for the runner or to find a working no-scratch runner. [Op:Conv3D]",
    ),
    misses=(
        "Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.11GiB with freed_by_count=0. "
        "The caller indicates that this is not a failure, but may mean that there could be "
        "performance gains if more memory were available.",
    ),
)

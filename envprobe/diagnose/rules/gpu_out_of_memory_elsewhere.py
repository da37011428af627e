"""CUDA reported that the GPU's memory was full, while a kernel was loaded or in another library."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.diagnose.rules._memory import END_OTHERS, GROWTH, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.diagnose.rules._sizes import SIZE
from envprobe.terms import Cause

RULE = Rule(
    code="LOG212",
    name="gpu-out-of-memory-elsewhere",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"(?P<where>Failed to load in-memory CUBIN)[^:]*: .*CUDA_ERROR_OUT_OF_MEMORY"),
        Pattern(
            r"(?P<where>[Ff]ailed to (?:load|launch|create|capture|instantiate)[^:\"'{}]{0,60}): "
            r".*(?:CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation)",
            anchors=("CUDA_ERROR_OUT_OF_MEMORY", "cudaErrorMemoryAllocation"),
        ),
        Pattern(
            r"CUDA driver ran out of memory trying to (?P<where>instantiate CUDA graph) with [0-9]"
        ),
        Pattern(
            rf"CUDA out of memory\. Tried to allocate (?P<asked>{SIZE})"
            rf"(?:.*?total capacity(?: of)? (?P<total>{SIZE}))?"
        ),
        Pattern(
            r"cupy[\w.]*OutOfMemoryError: Out of memory allocating (?P<asked>[0-9,]+ bytes)"
            r"(?: \(allocated so far: (?P<in_use>[0-9,]+ bytes))?"
        ),
        Pattern(r"Cuda failure (?:[0-9]+ )?'out of memory'"),
        Pattern(r"CUDA (?:runtime |driver )?error[^a-z]{0,12}(?:2[^0-9].{0,10})?out of memory"),
        Pattern(r"[Ss]tatus: out of memory\b", anchors=("tatus: out of memory",)),
        Pattern(r"CUDA_ERROR_OUT_OF_MEMORY\b"),
        Pattern(r"cudaErrorMemoryAllocation\b"),
        Pattern(r"hipErrorOutOfMemory\b"),
        Pattern(r"GPUassert: out of memory"),
        Pattern(r"NCCL WARN.*out of memory", anchors=("NCCL WARN",)),
    ),
    seen="The GPU's memory was full[: {where}][; {asked} were asked for][ beside {in_use} in use]"
    "[ of {total}].",
    why="Loading kernels, starting libraries and other frameworks take GPU memory too, outside of "
    "what TensorFlow has taken for itself. Nothing was left for them.",
    fix=GROWTH + " " + END_OTHERS + " " + LESS_AT_ONCE,
    yields_to=(
        "gpu-tensor-did-not-fit",
        "gpu-allocator-ran-out",
        "gpu-copy-did-not-fit",
        "gpu-xla-buffer-did-not-fit",
        "gpu-async-pool-refused",
        "gpu-driver-refused-memory",
        "gpu-library-without-memory",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
        "oom-host",
    ),
    candidates=(OTHER_PROCESS,),
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    hits=(
        "2023-04-05 06:07:08.9: F tensorflow/compiler/xla/service/gpu/gpu_executable.cc:120] Check "
        "failed: Failed to load in-memory CUBIN: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.17 GiB (GPU 0; 11.77 "
        "GiB total capacity; 9.21 GiB already allocated)",
        "gpunode3:123:456 [1] include/alloc.h:48 NCCL WARN Cuda failure 'out of memory'",
    ),
    misses=(
        "failed to alloc 2147483648 bytes on host: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
        "    if 'CUDA error' in message: print('maybe you are out of memory')",
    ),
)

"""When this process opened the GPU, most of its memory was already held by others."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_start import taken_by_others
from envprobe.diagnose.rules._memory import END_OTHERS, TOO_LARGE, on_host
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

OWN_LIMIT = Candidate(
    cause=Cause.OOM_GPU,
    check="Does the program set memory_limit or per_process_gpu_memory_fraction itself?",
)


def _read(sighting: Sighting, log: Log) -> Reading | None:
    taken = taken_by_others(log, sighting)
    if taken is None or on_host(sighting) or "not a failure" in sighting.text[:600]:
        return None
    holder = log.first("nvidia-smi-process")
    told = taken.fields()
    if holder:
        told["holder"] = f"{holder.fields['process']} (process {holder.fields['pid']})"
    return Reading(fields=told)


RULE = Rule(
    code="LOG220",
    name="gpu-memory-taken-at-start",
    cause=Cause.OOM_GPU_OTHER_PROCESS,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"OOM when allocating (?:temporary )?tensor (?:with|of) shape ?\[[0-9, ]*\]"
            r"(?:.*?/device:(?P<device>\w+:[0-9]+))?(?: by allocator (?P<allocator>\S+))?"
        ),
        Pattern(
            r"Allocator \((?P<allocator>[^)]+)\) ran out of memory trying to allocate "
            r"(?P<asked>[0-9.]+[KMGT]?i?B)"
        ),
        Pattern(
            r"failed to allocate (?P<asked>[0-9.]+[KMGT]?i?B?) \([0-9]+ bytes\) from device: "
            r".*OUT_OF_MEMORY"
        ),
        Pattern(r"Dst tensor is not initialized"),
        Pattern(r"[Oo]ut of memory while trying to allocate (?P<asked>[0-9.]+ ?[KMGT]?i?B)"),
        Pattern(r"CUBLAS_STATUS_ALLOC_FAILED"),
        Pattern(r"CUDNN_STATUS_ALLOC_FAILED"),
    ),
    seen="Others held the GPU's memory: only {free_at_start}[ of {total}] were left to this "
    "process when it started[, and {asked} could not be had][; nvidia-smi shows {holder}].",
    why="A GPU's memory is shared by all programs that use it. Notebooks, servers and runs that "
    "did not end keep what they took, and TensorFlow takes nearly all of a card by default.",
    fix=END_OTHERS + " Let each program take only what it needs with memory growth "
    "(TF_FORCE_GPU_ALLOW_GROWTH=true).",
    candidates=(OWN_LIMIT, TOO_LARGE),
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    read=_read,
    hits=(
        "2023-03-04 05:06:07.8: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1613] Created "
        "device /job:localhost/replica:0/task:0/device:GPU:0 with 141 MB memory:  -> device: 0, "
        "name: NVIDIA GeForce RTX 3090, pci bus id: 0000:65:00.0, compute capability: 8.6\n"
        "2023-03-04 05:06:09.9: W tensorflow/core/framework/op_kernel.cc:1830] OP_REQUIRES failed "
        "at random_op.cc:74 : RESOURCE_EXHAUSTED: OOM when allocating tensor with "
        "shape[9000,9000] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by "
        "allocator GPU_0_bfc\n",
        "2018-03-04 05:06:07.8: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1105] Found "
        "device 0 with properties: \nname: GeForce GTX 1070 major: 6 minor: 1 "
        "memoryClockRate(GHz): 1.7845\npciBusID: 0000:01:00.0\ntotalMemory: 7.93GiB freeMemory: "
        "212.25MiB\n2018-03-04 05:06:08.1: E tensorflow/stream_executor/cuda/cuda_driver.cc:936] "
        "failed to allocate 212.25M (222560256 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY",
    ),
    misses=(
        "2023-03-04 05:06:07.8: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1613] Created "
        "device /job:localhost/replica:0/task:0/device:GPU:0 with 22141 MB memory:  -> device: 0, "
        "name: NVIDIA GeForce RTX 3090, pci bus id: 0000:65:00.0, compute capability: 8.6\n"
        "2023-03-04 05:06:09.9: W tensorflow/core/framework/op_kernel.cc:1830] OP_REQUIRES failed "
        "at random_op.cc:74 : RESOURCE_EXHAUSTED: OOM when allocating tensor with "
        "shape[90000,90000] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by "
        "allocator GPU_0_bfc\n",
        "2023-03-04 05:06:07.8: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1613] Created "
        "device /job:localhost/replica:0/task:0/device:GPU:0 with 188 MB memory:  -> device: 0, "
        "name: NVIDIA GeForce RTX 3090, pci bus id: 0000:65:00.0, compute capability: 8.6\n"
        "Epoch 1/3\n",
        "gpu_device.cc:1613] Created device /job:localhost/replica:0/task:0/device:GPU:0 with 256 "
        "MB memory:  -> device: 0, name: Tesla T4, pci bus id: 0000:00:04.0, compute capability: "
        "7.5\nOOM when allocating tensor with shape[9000,9000] and type float on /job:localhost/"
        "replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n",
    ),
)

"""Enough GPU memory was free, but in pieces that were each too small for the request."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._memory import LESS_AT_ONCE, TOO_LARGE
from envprobe.diagnose.rules._pool import allocator_of, host_ran_out, pool_of
from envprobe.diagnose.rules._sizes import amount, tensor_bytes
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if host_ran_out(log, sighting) or log.has("gpu-async-pool-refused"):
        return None
    pool = pool_of(log, sighting)
    asked = _asked(log) or pool.asked
    if not pool.in_pieces(asked):
        return None
    told: dict[str, str | int | float] = pool.fields()
    allocator = allocator_of(log, sighting)
    if allocator:
        told["allocator"] = allocator
    if asked:
        told |= {"asked": amount(asked), "asked_bytes": asked}
    return Reading(fields=told)


def _asked(log: Log) -> int | None:
    """What the tensor takes that did not fit."""
    tensor = log.first("gpu-tensor-did-not-fit")
    fields = tensor.fields if tensor else {}
    return tensor_bytes(fields.get("shape"), fields.get("dtype"))


RULE = Rule(
    code="LOG210",
    name="gpu-memory-in-pieces",
    cause=Cause.OOM_GPU_FRAGMENTATION,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"\bLimit: +[0-9]", after=(r"\bInUse: +[0-9]",)),
        Pattern(r"\bAllocator \([^)]+\) ran out of memory trying to allocate [0-9]"),
        Pattern(r"Allocator memory summary: rounded request [0-9]"),
    ),
    seen="The GPU's memory is in pieces: about {free} of what TensorFlow holds were free ({in_use} "
    "in use[, the limit is {limit}]), but no piece was large enough[ for {asked}]"
    "[; the largest has {largest_free}].",
    why="TensorFlow's allocator cuts tensors out of one large block, and tensors that stay cannot "
    "be moved. Batches or images of changing size and tensors that live long leave gaps that no "
    "large tensor fits into.",
    fix="Set the variable TF_GPU_ALLOCATOR=cuda_malloc_async before TensorFlow starts: the driver "
    "then joins free pages. Do not set memory growth with it, use inputs of one size, and make the "
    "large tensors (embeddings, weights) first. " + LESS_AT_ONCE,
    candidates=(TOO_LARGE,),
    source="tensorflow/core/common_runtime/bfc_allocator.cc",
    read=_read,
    hits=(
        "2021-10-11 12:13:14.1: W tensorflow/core/common_runtime/bfc_allocator.cc:457] Allocator "
        "(GPU_0_bfc) ran out of memory trying to allocate 1.50GiB (rounded to 1610612736)requested "
        "by op train/Conv2D\nIf the cause is memory fragmentation maybe the environment variable "
        "'TF_GPU_ALLOCATOR=cuda_malloc_async' will improve the situation. \nCurrent allocation "
        "summary follows.\n2021-10-11 12:13:14.2: I tensorflow/core/common_runtime/"
        "bfc_allocator.cc:1083] Sum Total of in-use chunks: 5.00GiB\n"
        "2021-10-11 12:13:14.2: I tensorflow/core/common_runtime/bfc_allocator.cc:1085] "
        "total_region_allocated_bytes_: 10737418240 memory_limit_: 10737418240 available bytes: 0 "
        "curr_region_allocation_bytes_: 21474836480\n2021-10-11 12:13:14.2: I tensorflow/core/"
        "common_runtime/bfc_allocator.cc:1090] Stats: \nLimit:                     10737418240\n"
        "InUse:                      5368709120\nMaxInUse:                   9663676416\n"
        "NumAllocs:                       81234\nMaxAllocSize:               1610612736\n",
    ),
    misses=(
        "2021-10-11 12:13:14.1: W tensorflow/core/common_runtime/bfc_allocator.cc:457] Allocator "
        "(GPU_0_bfc) ran out of memory trying to allocate 1.50GiB (rounded to 1610612736)requested "
        "by op train/Conv2D\nIf the cause is memory fragmentation maybe the environment variable "
        "'TF_GPU_ALLOCATOR=cuda_malloc_async' will improve the situation. \nCurrent allocation "
        "summary follows.\n2021-10-11 12:13:14.2: I tensorflow/core/common_runtime/"
        "bfc_allocator.cc:1090] Stats: \nLimit:                     10737418240\n"
        "InUse:                     10468982784\nMaxInUse:                  10663676416\n"
        "NumAllocs:                       81234\nMaxAllocSize:               1610612736\n",
        "I tensorflow/core/common_runtime/bfc_allocator.cc:1004] total_region_allocated_bytes_: "
        "77594624 memory_limit_: 77594624 available bytes: 0 curr_region_allocation_bytes_: "
        "155189248\nI tensorflow/core/common_runtime/bfc_allocator.cc:1010] Stats: \n"
        "Limit:                    77594624\nInUse:                        4096\n"
        "MaxInUse:                     8192\nNumAllocs:                       8\n"
        "MaxAllocSize:                 2560\n",
        "2023-01-02 03:04:05.6: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1613] Created "
        "device /job:localhost/replica:0/task:0/device:GPU:0 with 9999 MB memory:  -> device: 0, "
        "name: NVIDIA GeForce RTX 3080, pci bus id: 0000:0a:00.0, compute capability: 8.6",
    ),
)

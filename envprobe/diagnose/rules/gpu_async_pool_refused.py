"""CUDA's own memory pool (cuda_malloc_async) could not serve a request."""

from __future__ import annotations

import re

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._memory import END_OTHERS, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.diagnose.rules._sizes import amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

FREE = r"Free memory/Total memory: (?P<free>[0-9]+)/(?P<total>[0-9]+)"
IN_USE = re.compile(r"\bInUse: +([0-9]+)")
# Contexts and libraries of this process are in no statistics, and take less than this share.
OTHERS_SHARE = 0.5


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    asked = int(sighting.fields.get("asked_bytes", 0))
    told: dict[str, str | int | float] = {"asked": amount(asked)} if asked else {}
    found = compiled(FREE).search(sighting.text)
    if not found:
        return Reading(fields=told)
    free, total = int(found["free"]), int(found["total"])
    told |= {"free": amount(free), "total": amount(total), "free_bytes": free, "total_bytes": total}
    own = IN_USE.search(sighting.after)
    if own is None:
        return Reading(fields=told)
    others = total - free - int(own[1])
    told |= {"in_use": amount(int(own[1])), "others": amount(max(0, others))}
    cause = Cause.OOM_GPU_OTHER_PROCESS if others > OTHERS_SHARE * total else Cause.OOM_GPU
    return Reading(cause=cause, fields=told)


RULE = Rule(
    code="LOG205",
    name="gpu-async-pool-refused",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"cuMemAllocAsync failed to allocate (?P<asked_bytes>[0-9]+)(?: bytes)?:? .*"
            r"(?:OUT_OF_MEMORY|out of memory)"
        ),
        Pattern(r"cuMemAllocAsync failed to allocate (?P<asked_bytes>[0-9]+)"),
        Pattern(r"cuMemAllocFromPoolAsync.{0,120}(?:OUT_OF_MEMORY|out of memory)"),
    ),
    seen="CUDA's memory pool had no {asked} left[: {free} of {total} were free][, {in_use} in use "
    "by TensorFlow][, {others} by others].",
    why="With TF_GPU_ALLOCATOR=cuda_malloc_async the driver manages the memory; free pages are "
    "joined, so that pieces are no explanation: the card is full.",
    fix=LESS_AT_ONCE + " " + END_OTHERS,
    candidates=(OTHER_PROCESS,),
    source="tensorflow/core/common_runtime/gpu/gpu_cudamallocasync_allocator.cc",
    read=_read,
    hits=(
        "2022-07-08 09:10:11.1: E tensorflow/core/common_runtime/gpu/gpu_cudamallocasync_allocator"
        ".cc:306] gpu_async_0 cuMemAllocAsync failed to allocate 2147483648 bytes: CUDA error: out "
        "of memory (CUDA_ERROR_OUT_OF_MEMORY)\n Reported by CUDA: Free memory/Total memory: "
        "157155328/8361279488\n2022-07-08 09:10:11.1: E tensorflow/core/common_runtime/gpu/"
        "gpu_cudamallocasync_allocator.cc:311] Stats: Limit:                      7000000000\n"
        "InUse:                      6900000000\nMaxInUse:                   6950000000\n",
        "E0000 00:00:1740000000.000001  4711 gpu_cudamallocasync_allocator.cc:355] gpu_async_0 "
        "cuMemAllocAsync failed to allocate 12582912 bytes: CUDA error: out of memory "
        "(CUDA_ERROR_OUT_OF_MEMORY)\n Reported by CUDA: Free memory/Total memory: "
        "2097152/25425608704\nE0000 00:00:1740000000.000002  4711 gpu_cudamallocasync_allocator"
        ".cc:360] Stats: Limit:                     23000000000\nInUse:                         "
        "4194304\n",
    ),
    misses=(
        "I tensorflow/core/common_runtime/gpu/gpu_process_state.cc:214] Using CUDA malloc Async "
        "allocator for GPU: 0",
    ),
)

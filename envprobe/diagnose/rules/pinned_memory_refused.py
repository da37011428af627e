"""The driver could not pin memory of the computer for copies to the GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.diagnose.rules._sizes import amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    every = log.all("pinned-memory-refused")
    asked = max(int(one.fields.get("asked_bytes", 0)) for one in every)
    return Reading(fields={"asked": amount(asked), "asked_bytes": asked} if asked else {})


RULE = Rule(
    code="LOG241",
    name="pinned-memory-refused",
    cause=Cause.OOM_HOST,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            r"failed to alloc (?P<asked_bytes>[0-9]+) bytes on host: .*(?:OUT_OF_MEMORY|out of "
            r"memory|"
            r"hipError)"
        ),
        Pattern(r"could not allocate pinned host memory of size: (?P<asked_bytes>[0-9]+)"),
        Pattern(
            r"[Ff]ailed to allocate (?:pinned )?host memory of size (?P<asked_bytes>[0-9]+)",
            anchors=(
                "ailed to allocate pinned host memory of size",
                "ailed to allocate host memory of size",
            ),
        ),
        Pattern(r"Failed to allocate (?P<asked_bytes>[0-9]+) bytes for host offloading transfer"),
    ),
    seen="The driver could not pin[ {asked} of] the computer's memory for copies to the GPU.",
    why="Data on its way to the GPU lies in memory that must not be swapped. There was not enough "
    "of the computer's memory, or not enough that may be pinned: under WSL only about half of the "
    "machine's, in containers as far as `ulimit -l` goes.",
    fix=LESS_ON_HOST + " Under WSL raise memory= in .wslconfig. TF_GPU_HOST_MEM_LIMIT_IN_MB sets "
    "how much TensorFlow asks for at most.",
    yields_to=("host-tensor-did-not-fit", "host-killed-for-memory", "oom-gpu-other-process"),
    candidates=(
        Candidate(
            cause=Cause.OOM_GPU,
            check="Do other lines say that memory of the device could not be allocated?",
        ),
    ),
    source="tensorflow/core/common_runtime/device/device_host_allocator.h",
    read=_read,
    hits=(
        "2022-03-04 05:06:07.1: E tensorflow/stream_executor/cuda/cuda_driver.cc:802] failed to "
        "alloc 4294967296 bytes on host: CUDA_ERROR_OUT_OF_MEMORY: out of memory\n"
        "2022-03-04 05:06:07.1: W ./tensorflow/core/common_runtime/device/device_host_allocator.h"
        ":46] could not allocate pinned host memory of size: 4294967296\n",
    ),
    misses=(
        "failed to allocate 4.00G (4294967296 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of "
        "memory",
        "failed to alloc 2304 bytes on host: CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure",
    ),
)

"""The CUDA driver gave no more GPU memory to TensorFlow."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._memory import END_OTHERS, GROWTH, OTHER_PROCESS
from envprobe.diagnose.rules._sizes import SIZE, amount
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

OUT = r"(?:CUDA_ERROR_OUT_OF_MEMORY|hipErrorOutOfMemory|HIP_ERROR_OutOfMemory|hipError_t\(2\))"


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    """The largest request that was refused: later ones are tries with less."""
    every = log.all("gpu-driver-refused-memory")
    asked = max(int(one.fields.get("asked_bytes", 0)) for one in every)
    return Reading(fields={"asked": amount(asked), "asked_bytes": asked} if asked else {})


RULE = Rule(
    code="LOG202",
    name="gpu-driver-refused-memory",
    cause=Cause.OOM_GPU,
    kind=Kind.SYMPTOM,
    patterns=(
        Pattern(
            rf"failed to allocate (?P<asked>{SIZE}) \((?P<asked_bytes>[0-9]+) bytes\) from device: "
            rf".*{OUT}"
        ),
        # ROCm's code 1002 is memory as well; 2 is what CUDA calls out of memory.
        Pattern(
            rf"failed to allocate (?P<asked>{SIZE}) \((?P<asked_bytes>[0-9]+) bytes\) from device: "
            r"(?:hipError_t\((?:1002|2)\)|HIP_ERROR_OutOfMemory|hipErrorOutOfMemory)"
        ),
        Pattern(rf"failed to alloc (?P<asked_bytes>[0-9]+) bytes unified memory; result: .*{OUT}"),
    ),
    seen="The driver gave TensorFlow no more GPU memory[: {asked} were asked for].",
    why="TensorFlow asks for nearly the whole card at its start, or for more while it grows. The "
    "driver had less to give: other processes, the desktop or another library of this program "
    "hold memory, or the model needs more than the card has.",
    fix=END_OTHERS + " " + GROWTH + " If nothing else uses the GPU, make the batch smaller.",
    yields_to=(
        "gpu-tensor-did-not-fit",
        "gpu-allocator-ran-out",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
    ),
    candidates=(OTHER_PROCESS,),
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_driver.cc",
    read=_read,
    hits=(
        "2021-01-02 03:04:05.6: I tensorflow/stream_executor/cuda/cuda_driver.cc:789] failed to "
        "allocate 5.21G (5594234880 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory\n"
        "2021-01-02 03:04:05.7: I tensorflow/stream_executor/cuda/cuda_driver.cc:789] failed to "
        "allocate 4.69G (5034811392 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory\n",
    ),
    misses=(
        "I tensorflow/stream_executor/cuda/cuda_driver.cc:801] failed to allocate 16B (16 bytes) "
        "from device: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered",
        "failed to alloc 536870912 bytes on host: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
    ),
)

"""TensorFlow's allocator for the GPU could not serve a request."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_start import own_share
from envprobe.diagnose.rules._memory import IN_PIECES, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.diagnose.rules._pool import host_ran_out, pool_of
from envprobe.diagnose.rules._sizes import SIZE, bytes_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# A message over several lines: what follows here is not of the next one.
SAME_MESSAGE = 240
NO_FAILURE = "not a failure"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    message = sighting.text[: len(sighting.line.text) + SAME_MESSAGE]
    if host_ran_out(log, sighting) or NO_FAILURE in " ".join(message.split()):
        return None
    told = pool_of(log, sighting).fields() | own_share(log, sighting)
    asked = bytes_of(sighting.fields.get("asked"))
    if asked:
        told["asked_bytes"] = asked
    return Reading(fields=told)


RULE = Rule(
    code="LOG201",
    name="gpu-allocator-ran-out",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"\bAllocator \((?P<allocator>[^)]+)\) ran out of memory trying to allocate "
            rf"(?P<asked>{SIZE})(?: \(rounded to (?P<rounded_bytes>[0-9]+)\))?"
            r"(?: ?(?:from the \S+ end )?requested by op (?P<op>[^\s\\]+))?"
        ),
        # TensorFlow 0.x and 1.0.
        Pattern(rf"\bRan out of memory trying to allocate (?P<asked>{SIZE})\. +See logs"),
        # A dump of which only the end was kept.
        Pattern(
            r"bfc_allocator\.cc:[0-9]+\] *Stats: *$",
            after=(r"\bLimit: +[0-9]", r"\bInUse: +[0-9]", r"\bMaxAllocSize: +[0-9]"),
            anchors=("Stats:",),
        ),
    ),
    seen="TensorFlow's GPU memory ran out[ in the allocator {allocator}][ when {asked} were asked "
    "for][ by the operation {op}][; {in_use} of {limit} were in use].",
    why="The step needs more GPU memory than this process may take: weights, gradients, optimizer "
    "state and the activations of the whole batch are there at the same time."
    "[ TensorFlow had got {held} from the driver.][ When it opened the GPU, it could have {share}.]"
    "[ The limit of {own_limit} looks like one that the program set itself.]",
    fix=LESS_AT_ONCE + "[ Raise the limit of {own_limit} if the card has more.] Check with "
    "nvidia-smi that nothing else holds memory.",
    yields_to=("gpu-tensor-did-not-fit", "oom-gpu-other-process", "oom-gpu-fragmentation"),
    candidates=(OTHER_PROCESS, IN_PIECES),
    source="tensorflow/core/common_runtime/bfc_allocator.cc",
    read=_read,
    hits=(
        "2020-09-08 07:06:05.4: W tensorflow/core/common_runtime/bfc_allocator.cc:439] Allocator "
        "(GPU_0_bfc) ran out of memory trying to allocate 3.05GiB (rounded to 3276800000)\nCurrent "
        "allocation summary follows.\n",
        "W0000 00:00:1733000000.000001  4711 bfc_allocator.cc:501] Allocator (GPU_0_bfc) ran out "
        "of memory trying to allocate 76.29MiB (rounded to 80000000)requested by op Mul\nIf the "
        "cause is memory fragmentation maybe the environment variable "
        "'TF_GPU_ALLOCATOR=cuda_malloc_async' will improve the situation. \n",
        "W tensorflow/core/common_runtime/bfc_allocator.cc:275] Ran out of memory trying to "
        "allocate 99.50MiB.  See logs for memory state.",
    ),
    misses=(
        "2020-09-08 07:06:05.4: W tensorflow/core/common_runtime/bfc_allocator.cc:243] Allocator "
        "(GPU_0_bfc) ran out of memory trying to allocate 2.11GiB with freed_by_count=0. The "
        "caller indicates that this is not a failure, but may mean that there could be performance "
        "gains if more memory were available.",
        "Allocator (mklcpu) ran out of memory trying to allocate 30.00GiB (rounded to 32212254720)",
    ),
)

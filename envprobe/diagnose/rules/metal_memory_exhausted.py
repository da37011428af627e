"""The GPU of a Mac had too little memory left."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_AT_ONCE
from envprobe.terms import Cause

RULE = Rule(
    code="LOG211",
    name="metal-memory-exhausted",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"Insufficient Memory \(IOAF code 8\)"),
        Pattern(
            r"MPS backend out of memory \(MPS allocated: (?P<in_use>[^,]+), .*?max allowed: "
            r"(?P<limit>[^)]+)\)\. Tried to allocate (?P<asked>[0-9.]+ ?\w+)"
        ),
        Pattern(r"MPS backend out of memory"),
    ),
    seen="The Mac's GPU had no memory left[ for {asked}][; {in_use} of {limit} were in use].",
    why="A Mac's GPU shares the computer's memory with everything else, and one buffer must not "
    "be larger than a part of it.",
    fix=LESS_AT_ONCE + " Close other programs: they use the same memory.",
    candidates=(
        Candidate(
            cause=Cause.OOM_HOST, check="Does the activity monitor show memory pressure (red)?"
        ),
    ),
    source="https://developer.apple.com/documentation/metal/mtlcommandbuffererror",
    hits=(
        "RuntimeError: MPS backend out of memory (MPS allocated: 17.01 GB, other allocations: "
        "412.33 MB, max allowed: 18.13 GB). Tried to allocate 1.50 GB on private pool.",
    ),
    misses=(
        "-[MTLDebugDevice newBufferWithBytes:length:options:]:653: failed assertion `Buffer "
        "Validation",
        "Error: command buffer exited with error status.\n\tThe Metal Performance Shaders "
        "operations encoded on it may not have completed.\n\tError: \n\t(null)\n\tInternal Error "
        "(0000000e:Internal Error)\n",
        "systemMemory: 16.00 GB\nmaxCacheSize: 5.33 GB",
    ),
)

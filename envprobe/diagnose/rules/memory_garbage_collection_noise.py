"""The allocator, or XLA, made room by itself."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG257",
    name="memory-garbage-collection-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Garbage collection: deallocate free memory regions"),
        Pattern(r"PoolAllocator: After [0-9]+ get requests, put_count="),
        Pattern(r"Raising pool_size_limit_ from [0-9]+ to [0-9]+"),
        Pattern(
            r"Can't reduce memory use below (?P<wanted>[0-9.]+[KMGT]?i?B) \([0-9]+ bytes\) by "
            r"rematerialization; only reduced to (?P<reached>[0-9.]+[KMGT]?i?B)"
        ),
    ),
    seen="Memory is getting tight, and TensorFlow made room by itself[: {reached} instead of "
    "{wanted} are needed].",
    why="Free regions are given back and taken anew, or results are computed twice, so that the "
    "rest fits. The run goes on, perhaps more slowly; with a larger batch it would fail.",
    fix=None,
    source="tensorflow/core/common_runtime/bfc_allocator.cc",
    hits=(
        "2021-01-02 03:04:05.6: W tensorflow/core/common_runtime/bfc_allocator.cc:314] Garbage "
        "collection: deallocate free memory regions (i.e., allocations) so that we can re-allocate "
        "a larger region to avoid OOM due to memory fragmentation.",
        "2023-09-01 01:01:01.1: W tensorflow/compiler/xla/service/hlo_rematerialization.cc:2202] "
        "Can't reduce memory use below 12.30GiB (13207024435 bytes) by rematerialization; only "
        "reduced to 14.01GiB (15043122176 bytes), down from 14.50GiB (15569256448 bytes) "
        "originally",
    ),
    misses=("Allocator (GPU_0_bfc) ran out of memory trying to allocate 3.05GiB",),
)

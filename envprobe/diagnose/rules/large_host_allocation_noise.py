"""A large allocation of the computer's memory was worth a note, and succeeded."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG258",
    name="large-host-allocation-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Allocation of (?P<asked_bytes>[0-9]+) exceeds (?P<share>[0-9]+)% of (?:free )?system "
            r"memory"
        ),
        Pattern(r"tcmalloc: large alloc (?P<asked_bytes>[0-9]+) bytes == 0x"),
        Pattern(r"Converting sparse IndexedSlices.{0,200}may consume a large amount of memory"),
    ),
    seen="[{asked_bytes} bytes were taken at once][, more than {share} % of the free memory]. It "
    "worked, and is only a note.",
    why="TensorFlow notes each of the first large allocations. It matters only where the process "
    "is killed afterwards: then the memory was used up.",
    fix=None,
    source="tensorflow/core/framework/cpu_allocator_impl.cc",
    hits=(
        "2022-01-02 03:04:05.6: W tensorflow/core/framework/cpu_allocator_impl.cc:82] "
        "Allocation of "
        "737280000 exceeds 10% of free system memory.\nEpoch 1/5\n",
    ),
    misses=("MemoryError: Unable to allocate 74.5 GiB for an array with shape (9, 9)",),
)

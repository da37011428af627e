"""How much memory there was, by whom it was held, and what was asked of it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIZE = r"[0-9.]+ ?[KMGT]?i?B?"
# The picture of an allocator's memory: in use, wasted, free.
BAR_BEGINS = tuple(f"] {first}{second}" for first in "*x_" for second in "*x_")

SIGNALS = (
    Signal(
        name="allocator-stats",
        patterns=(Pattern(rf"\bLimit: +(?P<limit>{SIZE})", after=(r"\bInUse: +[0-9]",)),),
    ),
    Signal(
        name="allocator-asked",
        patterns=(
            Pattern(
                r"Allocator \((?P<allocator>[^)]+)\) ran out of memory trying to allocate "
                rf"(?P<asked>{SIZE})"
            ),
            Pattern(rf"Ran out of memory trying to allocate (?P<asked>{SIZE})"),
        ),
    ),
    Signal(
        name="allocator-dump",
        patterns=(Pattern(r"BFCAllocator dump for (?P<allocator>\S+)"),),
    ),
    Signal(name="xla-on-host", patterns=(Pattern(r"initialized for platform Host"),)),
    Signal(name="xla-on-gpu", patterns=(Pattern(r"initialized for platform (?:CUDA|ROCM|SYCL)"),)),
    Signal(
        name="allocator-region",
        patterns=(
            # TensorFlow 2.2, 2.13 and 2.21: the names changed, and the numbers got units.
            Pattern(
                rf"total_region_allocated_bytes_: (?P<pool>{SIZE}) memory_limit_: "
                rf"(?P<limit>{SIZE}) available bytes: (?P<available>{SIZE})"
            ),
            Pattern(
                rf"Total (?:bytes|size) in pool: (?P<pool>{SIZE}) memory_limit_: (?P<limit>{SIZE}) "
                rf"available (?:bytes|size): (?P<available>{SIZE})"
            ),
        ),
    ),
    Signal(
        name="allocator-summary",
        patterns=(
            Pattern(
                rf"Allocator memory summary: rounded request (?P<asked>{SIZE}), total free in pool "
                rf"(?P<free>{SIZE}), largest free chunk[^,]*? (?P<largest>{SIZE}), unallocated "
                rf"bytes (?P<unallocated>{SIZE}), pool size (?P<pool>{SIZE}), "
                rf"pool limit (?P<limit>{SIZE})"
            ),
        ),
    ),
    Signal(
        name="allocator-bar",
        patterns=(
            Pattern(
                r"bfc_allocator\.cc:[0-9]+\] (?P<bar>[*x_]{50,100})(?:[^*x_]|$)", anchors=BAR_BEGINS
            ),
        ),
    ),
    Signal(
        name="gpu-memory-at-start",
        patterns=(
            Pattern(rf"totalMemory: (?P<total>{SIZE}) freeMemory: (?P<free>{SIZE})"),
            Pattern(rf"Total memory: (?P<total>{SIZE})", after=(rf"^Free memory: {SIZE}",)),
        ),
    ),
    Signal(
        name="gpu-memory-size",
        patterns=(Pattern(rf"deviceMemorySize: (?P<total>{SIZE})"),),
    ),
    Signal(
        name="own-memory-limit",
        patterns=(
            Pattern(r"DeviceConfiguration\([^)]*memory_limit ?= ?(?P<limit>[0-9]+[0-9 *]*)"),
            Pattern(r"per_process_gpu_memory_fraction ?[=:] ?(?P<fraction>0?\.[0-9]+)"),
        ),
    ),
    Signal(
        name="nvidia-smi-memory",
        patterns=(
            Pattern(
                r"\| +(?P<used>[0-9]+)MiB ?/ +(?P<total>[0-9]+)MiB ", anchors=("MiB / ", "MiB /  ")
            ),
        ),
    ),
    Signal(
        name="nvidia-smi-process",
        patterns=(
            Pattern(
                r"\| +(?P<gpu>[0-9]+) .*?(?P<pid>[0-9]{2,}) +(?:C|G|C\+G|M\+C) +"
                r"(?P<process>\S.*?) +(?P<used>[0-9]+)MiB \|"
            ),
        ),
    ),
    Signal(name="shuffle-buffer-filled", patterns=(Pattern(r"Shuffle buffer filled\."),)),
    Signal(
        name="job-time-over",
        patterns=(
            Pattern(r"DUE TO TIME LIMIT"),
            Pattern(r"TERM_RUNLIMIT"),
            Pattern(r"job killed: walltime"),
            Pattern(r"DeadlineExceeded"),
            Pattern(r"DUE TO PREEMPTION"),
        ),
    ),
)

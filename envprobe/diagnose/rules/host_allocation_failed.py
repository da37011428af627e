"""A library written in C++, or the operating system, could not get memory."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.terms import Cause

RULE = Rule(
    code="LOG236",
    name="host-allocation-failed",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"std::bad_alloc"),
        Pattern(r"\bbad allocation\b"),
        Pattern(r"(?:\[Errno 12\]|errno ?=? ?12).{0,60}Cannot allocate memory"),
        Pattern(
            r"\b(?:fork|mmap|malloc|sbrk|vmalloc|posix_memalign|clone)\b.{0,60}[Cc]annot "
            r"allocate memory",
            anchors=("annot allocate memory",),
        ),
        Pattern(r"OSError.*[Cc]annot allocate memory", anchors=("annot allocate memory",)),
        Pattern(r"\bCannot allocate memory *$"),
        Pattern(r"(?:memory allocation|malloc).{0,20}of (?P<asked_bytes>[0-9]+) bytes failed"),
        Pattern(r"tcmalloc: (?:allocation failed|large alloc failed)"),
        Pattern(r"LLVM ERROR: out of memory"),
        Pattern(r"Check failed: .{0,80}(?:AlignedMalloc|malloc)\b.{0,80}(?:nullptr|NULL)"),
        Pattern(r"Out of memory: (?:cannot|could not) (?:map|allocate)"),
    ),
    seen="The operating system gave the process no more memory[: {asked_bytes} bytes were asked "
    "for].",
    why="The computer's memory, or what this process may use of it (ulimit -v, a 32-bit program, "
    "the container), was used up.",
    fix=LESS_ON_HOST + " Compare `free -g` and `ulimit -v` with what the program needs.",
    yields_to=(
        "host-tensor-did-not-fit",
        "host-array-did-not-fit",
        # Pinned memory: a limit on it, not the computer's memory.
        "nccl-infiniband-failed",
    ),
    candidates=(
        Candidate(
            cause=Cause.ABI_MISMATCH,
            check="Does it happen at once, while importing or loading a small file?",
        ),
    ),
    source="https://en.cppreference.com/w/cpp/memory/new/bad_alloc",
    hits=(
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc"
        "\nAborted (core dumped)",
        '  File "/usr/lib/python3.8/multiprocessing/popen_fork.py", line 70, in _launch\n    '
        "self.pid = os.fork()\nOSError: [Errno 12] Cannot allocate memory",
    ),
    misses=(
        "could not import: cannot allocate memory in static TLS block",
        "I tensorflow/core/common_runtime/bfc_allocator.cc:1001] InUse at 7f0000 of size 256 "
        "next 1",
    ),
)

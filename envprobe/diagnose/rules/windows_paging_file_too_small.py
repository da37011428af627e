"""Windows could not back the memory that was asked for, because its paging file is too small."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG240",
    name="windows-paging-file-too-small",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"[Pp]aging file is too small", anchors=("aging file is too small",)),
        Pattern(r"\[WinError 1455\]"),
        Pattern(r"\[WinError 8\] Not enough memory resources"),
        Pattern(
            r"Not enough (?:memory resources|storage) (?:are|is) available to process this command"
        ),
        Pattern(r"Insufficient system resources exist to complete the requested service"),
    ),
    seen="Windows could not give the memory that was asked for: its paging file is too small.",
    why="Windows promises memory only as far as memory and paging file go together. Every process "
    "that loads CUDA libraries asks for several GB of it, so that a few workers are enough.",
    fix="Make the paging file larger (System, Advanced, Performance, Virtual memory: 'System "
    "managed', or 32 GB and more) on a disk with room, restart, and use fewer worker processes.",
    source="https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--1300-1699-",
    hits=(
        "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: The paging file "
        "is too small for this operation to complete.",
        "OSError: [WinError 1455] The paging file is too small for this operation to complete. "
        'Error loading "C:\\\\tools\\\\x\\\\c10.dll"',
    ),
    misses=("ImportError: DLL load failed: The specified module could not be found.",),
)

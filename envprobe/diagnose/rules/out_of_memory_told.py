"""Somebody says in words that memory ran out; the program's own lines about it are missing."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._memory import HOST, LESS_AT_ONCE, MEMORY_CAUSES, OTHER_PROCESS
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Advice and conditions, and the framework's own sentences that other rules read.
NOT_HAPPENED = (
    r"(?i)\b(?:if|when|whenever|may|might|could|would|can|avoid|prevent|without|in case|unless)\b|"
    r"trying to allocate|not a failure|^\s*#|print\(|\braise\b|\bexcept\b"
)
OUT_OF = ("out of mem", "out of GPU", "out of gpu", "out of RAM", "out of VRAM", "out of host")
OF_HOST = r"(?i)\b(?:RAM|CPU|host|system|swap)\b"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    text = sighting.line.text
    if compiled(NOT_HAPPENED).search(text):
        return None
    gpu = compiled(r"(?i)\b(?:GPU|CUDA|VRAM|video|device)\b").search(text)
    host = compiled(OF_HOST).search(text) and not gpu
    return Reading(cause=Cause.OOM_HOST if host else Cause.OOM_GPU)


RULE = Rule(
    code="LOG214",
    name="out-of-memory-told",
    cause=Cause.OOM_GPU,
    kind=Kind.WRAPPER,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"(?i)\b(?:ran|runs?|running|goes|went|going) out of "
            r"(?:(?:gpu|cuda|host|system|video) )?(?:memory|RAM|VRAM)\b",
            anchors=OUT_OF,
        ),
        Pattern(
            r"(?i)\bout[- ]of[- ]memory (?:error|exception|issue|problem|crash)",
            anchors=("ut of memory", "ut-of-memory", "ut Of Memory", "UT OF MEMORY"),
        ),
        Pattern(
            r"\bOOM (?:error|exception|issue|problem|crash)",
            anchors=("OOM e", "OOM i", "OOM p", "OOM c"),
        ),
    ),
    seen="The text says that memory ran out; the program's own message is missing.",
    why="Without the message it cannot be told what asked for how much. Mostly it is the GPU's "
    "memory.",
    fix="Keep the whole output of the run: the line with 'OOM when allocating tensor' names the "
    "tensor. " + LESS_AT_ONCE,
    yields_to=MEMORY_CAUSES,
    candidates=(OTHER_PROCESS, HOST),
    source="tensorflow/python/framework/errors_impl.py",
    read=_read,
    hits=(
        "Training my U-Net on two cards, I get an out of memory error after the first epoch.",
        "The GPU runs out of memory as soon as predict() is called.",
    ),
    misses=(
        "If you run out of memory, make the batch smaller.",
        "Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.59GiB. The caller indicates "
        "that this is not a failure",
    ),
)

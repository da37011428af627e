"""The notebook's service says that the session used all its memory."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._memory import LESS_ON_HOST
from envprobe.terms import Cause

RULE = Rule(
    code="LOG237",
    name="notebook-memory-exhausted",
    cause=Cause.OOM_HOST,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"session crashed after using all available RAM"),
        Pattern(r"tried to allocate more memory than is available"),
        Pattern(
            r"[Cc]ell has exceeded the memory limit", anchors=("ell has exceeded the memory limit",)
        ),
        Pattern(
            r"(?i)\b(?:notebook|kernel|session).{0,40}\b(?:exceeded|ran out of|run out of) "
            r"(?:the |its )?(?:available )?(?:memory|RAM)\b",
            anchors=("xceeded ", "an out of ", "un out of "),
        ),
    ),
    seen="The notebook's session used all the memory that it was given, and was ended.",
    why="Services give a session a fixed amount of memory (12 to 30 GB) and restart it when the "
    "program needs more. All variables of all cells count.",
    fix=LESS_ON_HOST + " Delete what is no longer needed (del, gc.collect()), or take a runtime "
    "with more memory.",
    source="https://research.google.com/colaboratory/faq.html",
    hits=("Your session crashed after using all available RAM. View runtime logs",),
    misses=("Your session has been idle for a while and was disconnected.",),
)

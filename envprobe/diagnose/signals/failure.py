"""Signs that something ended badly, whatever it was."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="failure",
        patterns=(
            Pattern(r"Traceback \(most recent call last\)"),
            Pattern(r"core dumped"),
            Pattern(r"Segmentation fault"),
            Pattern(r"Fatal Python error"),
            Pattern(r"Check failed: "),
            Pattern(r"(?:^|[ \]])F[0-9 ].{0,60}\.cc:[0-9]+\]", anchors=(".cc:",)),
            Pattern(r"terminate called after throwing"),
            Pattern(r"\*\*\* Process received signal \*\*\*"),
            Pattern(r"[A-Za-z]Error: \S", anchors=("Error: ",)),
            Pattern(r"[A-Za-z]Exception: \S", anchors=("Exception: ",)),
            Pattern(r"^Aborted\b"),
            Pattern(r"^Killed\b"),
            Pattern(r"^Terminated\b"),
            Pattern(r"exited with (?:code|exit code|status) [1-9]"),
            Pattern(r"[Cc]ommand terminated"),
        ),
    ),
)

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
            Pattern(r"exited with (?:code|exit code|status) -?[1-9]"),
            Pattern(r"finished with exit code -?[1-9]"),
            Pattern(r"returned non-zero exit status"),
            Pattern(
                r"[Tt]he kernel appears to have died", anchors=("kernel appears to have died",)
            ),
            Pattern(r"process has died \[pid"),
            Pattern(r"\bdied with <Signals\."),
            Pattern(r"[Ii]llegal instruction\b", anchors=("llegal instruction",)),
            Pattern(r"^Bus error\b"),
            Pattern(r"^Floating point exception\b"),
            Pattern(r"\*\*\* stack smashing detected \*\*\*"),
            Pattern(r"\bE tensorflow_serving/\S+\.cc:"),
            Pattern(r"\bAbort trap: "),
            Pattern(r"Node number [0-9]+ \(\w+\) failed to"),
            Pattern(r"double free or corruption"),
            Pattern(r"received signal SIG[A-Z]+"),
            Pattern(r"can't open file '[^']+': \[Errno"),
            Pattern(r"^Error in py_call_impl\("),
            Pattern(r"[Cc]ommand terminated"),
        ),
    ),
)

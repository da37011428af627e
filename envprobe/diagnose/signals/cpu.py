"""What the log tells of the CPU."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="cpu-flags",
        patterns=(
            # `fpu` is in every x86 CPU's list: without it, this is another program's flag.
            Pattern(
                r"^\s*[Ff]lags\s*:(?P<flags>.* fpu .*|\s*fpu .*)$",
                anchors=("lags\t", "lags ", "lags:"),
            ),
            Pattern(r"machdep\.cpu\.features:(?P<flags>.+)$"),
        ),
    ),
    Signal(
        name="cpu-model",
        patterns=(
            Pattern(r"model name\s*: (?P<cpu>.{2,80})$"),
            Pattern(r"Model name: +(?P<cpu>.{2,80})$"),
            Pattern(r"machdep\.cpu\.brand_string: (?P<cpu>.{2,80})$"),
        ),
    ),
)

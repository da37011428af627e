"""How a watched run ended."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="run-killed-at-the-end",
        patterns=(Pattern(r"envprobe run: .{0,80} ended by signal KILL"),),
    ),
)

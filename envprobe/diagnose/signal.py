"""Facts that a log tells by the way, and on which rules make conditions."""

from __future__ import annotations

from dataclasses import dataclass

from envprobe.diagnose.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Something that is neither good nor bad: the platform, a version, that the GPU was opened.

    Asked for by its name: `log.has("gpu-created")`. The files of `signals/` hold them, by topic.
    """

    name: str
    patterns: tuple[Pattern, ...]

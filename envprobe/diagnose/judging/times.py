"""When a line was written, as far as the log tells it."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from envprobe.diagnose.sighting import Sighting

SINCE_EPOCH = re.compile(r"^[IWEF]\d{4} \d\d:\d\d:(\d{9,11}\.\d+)")
WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,6})?)")
LOOK_LINES = 40


def seconds_of(sighting: Sighting) -> float | None:
    """Seconds since 1970 of the line, or of the last line above it that tells the time.

    A time without a zone is taken as UTC: the ranks of a job have one clock, and only which came
    first is asked.
    """
    lines = sighting.before.rsplit("\n", LOOK_LINES)[-LOOK_LINES:]
    times = (_seconds(line) for line in (sighting.line.text, *reversed(lines)))
    return next((time for time in times if time is not None), None)


def _seconds(line: str) -> float | None:
    since = SINCE_EPOCH.search(line)
    if since:
        return float(since[1])
    written = WRITTEN.search(line)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(f"{written[1]}T{_micro(written[2])}")
    except ValueError:
        return None
    return moment.replace(tzinfo=timezone.utc).timestamp()


def _micro(text: str) -> str:
    whole, _, part = text.replace(",", ".").partition(".")
    return f"{whole}.{part:0<6}"

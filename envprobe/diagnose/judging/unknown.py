"""What to show of a log that no rule explains."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.line import Line
from envprobe.diagnose.scanning.scan import Scanned

MOST = 8
ERROR = re.compile(r"\w(?:Error|Exception): \S")
# An error of a program that asked for a GPU and got none is explained by why there is none.
ABOUT_GPUS = re.compile(r"\bGPUs?\b|cuda|device|driver|nvidia|dnn|libd3d|\.so\b", re.IGNORECASE)
BLANK = re.compile(r"^[\s\-=_*.]*$")


def unknown_error(log: Log, known: Collection[int]) -> Line | None:
    """The last error that is on none of the known lines, and behind which training ended."""
    for sighting in reversed(log.all("failure")):
        text = sighting.line.text
        unknown = sighting.line.order not in known and ERROR.search(text)
        if unknown and not ABOUT_GPUS.search(text) and not log.went_on_after(sighting):
            return sighting.line
    return None


def informative_lines(every: Sequence[Scanned]) -> list[Line]:
    """The errors that were seen, the last ones, or else how the logs end."""
    failures = [s.line for one in every for s in one.sightings if s.name == "failure"]
    told = [line for line in failures if "Traceback (most recent call last)" not in line.text]
    if told:
        return told[-MOST:]
    ends = [line for one in every for line in one.tail if not BLANK.match(line.text)]
    return ends[-MOST:]

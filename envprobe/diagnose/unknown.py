"""What to show of a log that no rule explains."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envprobe.diagnose.line import Line
from envprobe.diagnose.scan import Scanned

MOST = 8
# The last line of a traceback, in Python's form and in IPython's.
ERROR = re.compile(r"^(?:[\w.]{1,100}\.)?\w{0,80}(?:Error|Exception|Interrupt|Exit|Warning)\b: ?\S")
BLANK = re.compile(r"^[\s\-=_*.]*$")


def informative_lines(every: Sequence[Scanned]) -> list[Line]:
    """The errors that were seen, the last ones, or else how the logs end."""
    failures = [s.line for one in every for s in one.sightings if s.name == "failure"]
    told = [line for line in failures if "Traceback (most recent call last)" not in line.text]
    if told:
        return told[-MOST:]
    ends = [line for one in every for line in one.tail if not BLANK.match(line.text)]
    return ends[-MOST:]

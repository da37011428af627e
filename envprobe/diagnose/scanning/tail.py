"""The last lines of a log."""

from __future__ import annotations

from envprobe.diagnose.line import Line
from envprobe.diagnose.reading.blocks import Block
from envprobe.diagnose.reading.launcher import Launcher
from envprobe.diagnose.reading.shown import shown

MOST_LINES = 60
MOST_BYTES = 32768
LONGEST_LINE = 2000


def last_lines(file: str, block: Block, launcher: Launcher) -> list[Line]:
    """The lines at the end of a block; of what carriage returns overwrite, what remains."""
    data = block.data.rstrip()
    start = data.find(b"\n", len(data) - MOST_BYTES) + 1 if len(data) > MOST_BYTES else 0
    number, order = block.number + block.data.count(b"\n", 0, start), block.order + start
    found = []
    for raw in data[start:].split(b"\n"):
        text, rank = launcher.strip(shown(raw.rpartition(b"\r")[2][-LONGEST_LINE:]))
        found.append(Line(file=file, number=number, order=order, text=text, rank=rank))
        number, order = number + 1, order + len(raw) + 1
    return found[-MOST_LINES:]

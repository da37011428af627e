"""Where in the model and in the user's code something happened, from the lines around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.diagnose.sighting import Sighting

# What a kernel, an eager call and Keras say behind or before their message.
NODE = re.compile(r"\{\{node ([^{}\s]{1,400})\}\}|\[\[node ([^\s\]]{1,400})|^Node: '([^']{1,400})'")
OP = re.compile(r"\[Op:(?!__inference)(\w{1,100})\]|__wrapped__([A-Z][A-Za-z0-9]{0,80}?)_device_")
LAYER = re.compile(
    r"calling [Ll]ayer ['\"]([^'\"]{1,200})['\"] \(type (\w{1,100})\)|calling (\w{1,100})\.call\(\)"
)
FRAMES = (
    re.compile(r'File "([^"]{1,400})", line (\d{1,9})'),
    re.compile(r"^\s*File (\S{1,400}?):(\d{1,9})[, ]"),
    re.compile(r"\(defined at ([^()\s]{1,400}):(\d{1,9})\)"),
    re.compile(r"^(Cell In ?\[\d{1,6}\]), line (\d{1,9})"),
)
OLD_CELL = re.compile(r"^(<ipython-input-[^>]{1,80}>|\S{0,60}ipykernel_\d+/\S{1,60}) in ")
OLD_FILE = re.compile(r"^\S.{0,400} in [\w<>.]{1,100}(?:\(|$)")
ARROW = re.compile(r"^-{1,9}> ?(\d{1,9}) ")
LIBRARY = re.compile(
    r"site-packages|dist-packages|[/\\]lib[/\\]python|[/\\]Lib[/\\]|<frozen|<string>|__autograph_gen"
    r"|[/\\](?:tensorflow|keras|numpy|h5py)[/\\]|(?:^|[/\\])(?:runpy|threading|contextlib)\.py"
)
BEGINS = "Traceback (most recent call last)"
# A kernel's message goes over a few lines; what is farther away is of something else.
MESSAGE_LINES = 12


def situation_of(sighting: Sighting) -> dict[str, str | int]:
    """`node`, `op`, `layer`, `layer_class`, `code_file`, `code_line`: those that are told."""
    message = "\n".join(_message(sighting))
    found: dict[str, str | int | None] = {
        "node": _first(NODE, message),
        "op": _first(OP, message),
        **_layer(message, sighting.before),
        **_frame(sighting),
    }
    return {name: value for name, value in found.items() if value}


def _message(sighting: Sighting) -> list[str]:
    above = sighting.before.rsplit("\n", 3)[-3:]
    return [*above, sighting.line.text, *sighting.after.split("\n", MESSAGE_LINES)[:MESSAGE_LINES]]


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return next(filter(None, found.groups()), None) if found else None


def _layer(message: str, before: str) -> dict[str, str | None]:
    found = LAYER.search(message) or LAYER.search(before[-2000:])
    if not found:
        return {}
    return {"layer": found[1], "layer_class": found[2] or found[3]}


def _frame(sighting: Sighting) -> dict[str, str | int]:
    """The user's own line that is nearest to the error."""
    trace = sighting.before.rpartition(BEGINS)[2].splitlines()
    own = [frame for frame in _frames(trace) if not LIBRARY.search(frame[0])]
    if not own:
        behind = sighting.after.splitlines()[:MESSAGE_LINES]
        own = [frame for frame in _frames(behind) if not LIBRARY.search(frame[0])][:1]
    return {"code_file": own[-1][0], "code_line": own[-1][1]} if own else {}


def _frames(lines: list[str]) -> Iterator[tuple[str, int]]:
    cell = None
    for line in lines:
        found = next((f for frame in FRAMES if (f := frame.search(line))), None)
        if found:
            yield found[1], int(found[2])
        cell = _cell(line, cell) if not found else None
        arrow = ARROW.match(line)
        if cell and arrow:
            yield cell, int(arrow[1])


def _cell(line: str, cell: str | None) -> str | None:
    """The notebook's cell whose lines these are; a file's header, or a gap, ends it."""
    begins = OLD_CELL.match(line)
    if begins:
        return begins[1]
    return None if OLD_FILE.match(line) or line.strip() == "..." else cell

"""Which package's code was running when an import or a call failed."""

from __future__ import annotations

from envprobe.diagnose.pattern import compiled
from envprobe.diagnose.sighting import Sighting

# A traceback's frame in Python's form, in IPython's (two of them).
_FRAME = r"\.pyx?\"?(?:, line [0-9]+|:[0-9]+| in |\()"
_PACKAGE = r".*(?:site|dist)-packages[/\\]+(?P<package>[A-Za-z0-9_]+)"
_FRAMES_LOOKED_AT = 60
OWN = "your code"


def import_site(sighting: Sighting) -> str | None:
    """The package of the nearest frame above, `your code`, or None where there is no traceback."""
    lines = [*sighting.before.splitlines()[-_FRAMES_LOOKED_AT:], sighting.line.text]
    frames = [line for line in lines if compiled(_FRAME).search(line)]
    if not frames:
        return None
    found = compiled(_PACKAGE).search(frames[-1])
    if found:
        return str(found.group("package")).removesuffix("_core")
    return OWN if _is_own(frames[-1]) else None


def _is_own(frame: str) -> bool:
    """Whether it is none of Python's own frames."""
    return not compiled(r"<frozen|[/\\]lib[/\\]|[/\\]Lib[/\\]|importlib").search(frame)
